import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { appFault, runConfigKeys } from "../../settings/flowerApp.ts";

const COMPONENTS = `
[tool.flwr.app.components]
serverapp = "x.server_app:app"
clientapp = "x.client_app:app"
`;
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "app-"));
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** Writes the app's pyproject.toml. */
function write(pyproject: string): void {
  writeFileSync(join(folder, "pyproject.toml"), pyproject);
}

it("reads a thousand run configs as Flower's own function does", () => {
  const examples = JSON.parse(readFileSync("tests/app/run_configs.json", "utf8")) as {
    toml: string;
    kinds: Record<string, string>;
  }[];
  expect(examples).toHaveLength(1000);
  for (const { toml, kinds } of examples) {
    write(COMPONENTS + toml);
    expect(appFault(folder), toml).toBeUndefined();
    expect(Object.fromEntries(runConfigKeys(folder)), toml).toEqual(kinds);
  }
});

it("knows the keys of the default app that a run sets", () => {
  expect([...runConfigKeys("app/vision").keys()]).toEqual(
    expect.arrayContaining(["num-server-rounds", "min-nodes", "seed", "partitioning", "alpha"]),
  );
});

it.each([
  ["", "has no [tool.flwr.app] in its pyproject.toml"],
  ["[tool.flwr.app", "has a pyproject.toml that is no TOML (line 1, column 2: "],
  ["[tool.flwr.app]", "has no serverapp in the [tool.flwr.app.components] of its pyproject.toml"],
  [
    '[tool.flwr.app.components]\nserverapp = "x:app"\nclientapp = "x.app"',
    'has the clientapp "x.app", which must be "<module>:<name>"',
  ],
  [
    `${COMPONENTS}[tool.flwr.app.config.a]\n"b c" = [1, 2]`,
    'has the run config a.b c = ["1","2"], which must be a text, number, boolean or table',
  ],
  [
    `${COMPONENTS}[tool.flwr.app.config]\nday = 2026-01-01`,
    'has the run config day = "2026-01-01", which must be a text, number, boolean or table',
  ],
  [`${COMPONENTS}[tool.flwr.app]\nconfig = 1`, "has a [tool.flwr.app.config] that is no table"],
])("says what is wrong with the pyproject.toml %j", (pyproject, text) => {
  write(pyproject);
  const fault = appFault(folder);
  expect(fault?.code).toBe("invalid");
  expect(fault?.text.slice(0, text.length)).toBe(text);
});

it("tells a folder that is not there from one without a pyproject.toml", () => {
  expect(appFault(join(folder, "none"))).toEqual({ code: "missing", text: "is not there" });
  mkdirSync(join(folder, "empty"));
  const text = "has no pyproject.toml";
  expect(appFault(join(folder, "empty"))).toEqual({ code: "invalid", text });
});
