import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readAppPackages } from "../../settings/appPackages.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "packages-"));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

function read(...dependencies: string[]) {
  const list = JSON.stringify(dependencies);
  writeFileSync(join(folder, "pyproject.toml"), `[project]\ndependencies = ${list}\n`);
  return readAppPackages(folder);
}

describe("readAppPackages", () => {
  it("finds nothing to say of what the image has", () => {
    const asked = ["flwr[simulation]>=1.25.0", "torch==2.6.0", "numpy >=2.0, <3", "scikit-learn"];
    expect(read(...asked)).toEqual({ faults: [], own: [], hasImageTorch: true });
  });

  it.each(["torch==2.8.0", "torchvision>=0.23", "numpy<2", "Torch (>=2.7)"])(
    "names %s, which the image's packages do not satisfy",
    (requirement) => {
      expect(read("flwr", requirement)).toMatchObject({ faults: [], own: [requirement] });
    },
  );

  it("leaves markers and links to wheels to the build", () => {
    const asked = ['numpy<2; python_version < "3.9"', "tool @ https://example.org/tool.whl"];
    expect(read(...asked)).toEqual({ faults: [], own: [], hasImageTorch: false });
  });

  it("refuses another flwr than the engine's", () => {
    expect(read("flwr[simulation]>=1.50").faults).toEqual([
      "asks for flwr[simulation]>=1.50, and the engine works with flwr 1.42.0 alone",
    ]);
  });

  it.each([
    "tool @ git+https://example.org/tool.git@v1",
    "tool @ file:///home/me/tool",
    "flwr @ {root:parent:parent:uri}/framework/py",
  ])("refuses %s, which is not in the build", (requirement) => {
    expect(read(requirement).faults).toEqual([
      `asks for ${JSON.stringify(requirement)}, which is not in the image's build; name a version in a registry, or a link to a wheel`,
    ]);
  });

  it("refuses dynamic dependencies, unless there is a lock", () => {
    writeFileSync(join(folder, "pyproject.toml"), '[project]\ndynamic = ["dependencies"]\n');
    expect(readAppPackages(folder).faults).toHaveLength(1);
    writeFileSync(join(folder, "requirements.lock"), "numpy==2.2.4\ntorch==2.6.0\n");
    expect(readAppPackages(folder)).toEqual({ faults: [], own: [], hasImageTorch: true });
  });
});
