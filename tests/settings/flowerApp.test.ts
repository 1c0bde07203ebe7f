import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { appFault, parseRunConfigKeys, runConfigKeys } from "../../settings/flowerApp.ts";

it("reads the keys of run config alone, with the kind of each", () => {
  const keys = parseRunConfigKeys(`
[project]
name = "x"
[tool.flwr.app.components]
serverapp = "x:app"
[ tool.flwr.app.config ] # defaults
local-epochs = 1 # one
learning-rate = 0.02
large = 1e6
"dataset" = "a = b"
shuffle = true
[tool.flwr.app.config.model]
depth = 3
[tool.ruff]
line-length = 100
`);
  expect([...keys]).toEqual([
    ["local-epochs", "whole number"],
    ["learning-rate", "number"],
    ["large", "number"],
    ["dataset", "text"],
    ["shuffle", "boolean"],
    ["model.depth", "whole number"],
  ]);
});

it("knows the keys of the default app that a run sets", () => {
  expect([...runConfigKeys("app/vision").keys()]).toEqual(
    expect.arrayContaining(["num-server-rounds", "min-nodes", "seed", "partitioning", "alpha"]),
  );
});

it("says why a folder is no Flower app", () => {
  const folder = mkdtempSync(join(tmpdir(), "app-"));
  try {
    expect(appFault(join(folder, "none"))).toEqual({ code: "missing", text: "is not there" });
    expect(appFault(folder)).toEqual({ code: "invalid", text: "has no pyproject.toml" });
    writeFileSync(join(folder, "pyproject.toml"), "[project]\n");
    expect(appFault(folder)?.text).toBe("has no [tool.flwr.app] in its pyproject.toml");
    writeFileSync(join(folder, "pyproject.toml"), "[tool.flwr.app]\n");
    expect(appFault(folder)).toBeUndefined();
  } finally {
    rmSync(folder, { recursive: true });
  }
});
