import { execFile } from "node:child_process";
import { promisify } from "node:util";

import { expect, test } from "vitest";

import { podFaults } from "../../policy/podFaults.ts";

test("tells what the pack would refuse of a pod's template", () => {
  const spec = { hostNetwork: true, automountServiceAccountToken: false, containers: [] };
  expect(podFaults({ spec })).toEqual(["hostNetwork is true — allowed: false — remove it"]);
});

test("loads into the stack's program as Pulumi starts it, without the pack's packages", async () => {
  const program = `
    import { createRequire } from "node:module";
    await import("./policy/podFaults.ts");
    const loaded = Object.keys(createRequire(import.meta.url).cache);
    console.log(loaded.filter((file) => file.includes("@pulumi/policy")).length);`;
  const options = ["--import", "tsx/esm", "--input-type=module", "-e", program];
  expect((await promisify(execFile)(process.execPath, options)).stdout).toBe("0\n");
});
