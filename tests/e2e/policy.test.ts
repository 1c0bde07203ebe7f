import { appendFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { stringify } from "yaml";

import { BAD_STACKS } from "./support/badStacks.ts";
import { Checkout, type Ended } from "../../dev/checkout.ts";

const MINUTE = 60_000;
let checkout: Checkout;

beforeAll(async () => {
  checkout = await Checkout.withoutCluster();
  const kubeconfig = join(checkout.folder, "empty");
  await writeFile(kubeconfig, "");
  Object.assign(checkout.env, {
    KUBECONFIG: kubeconfig,
    DOCKER_HOST: "unix:///nowhere/docker.sock",
    PULUMI_ACCESS_TOKEN: undefined,
  });
}, 45 * MINUTE);

afterAll(() => checkout.remove(), 5 * MINUTE);

/** Lists what the pack refuses, each as: rule, resource — sentence. */
function refused(said: string): string[] {
  const violation = /^ +- \[mandatory\] +(\S+) +\((\S+): (\S+)\)\n.+\n +(.+)$/gm;
  return [...said.matchAll(violation)]
    .map(([, rule, type, name, fault]) => `${rule} ${type} ${name} — ${fault}`)
    .sort();
}

test("`npm run policy` lets the stack pass, without a cluster, Docker or a token", async () => {
  const said = await checkout.type(["npm run policy"]);
  expect(said).toContain("Policies:\n    ✅ kubeflower@v0.1.0 (local: policy)\n");
  expect(await readdir(checkout.sources)).not.toContain("Pulumi.policy.yaml");
});

describe("`pulumi preview --policy-pack policy` refuses a stack with", () => {
  beforeAll(async () => {
    await checkout.pulumi("stack", "init", "bad");
    // This program runs the stack's own and spoils its objects.
    const bundle = `import { bundle } from "./cli/bundle.mjs";
      await bundle("tests/e2e/support/badStack.ts", ".build/bad/program.mjs", ["@pulumi/*"]);`;
    await checkout.type([`node --input-type=module -e '${bundle}'`]);
    await writeFile(
      join(checkout.sources, "badStack.mjs"),
      `globalThis.kubeflowerProject = new URL("./", import.meta.url);
      await import("./.build/bad/program.mjs");\n`,
    );
    await appendFile(join(checkout.sources, "Pulumi.yaml"), "main: badStack.mjs\n");
  });

  async function preview(name: string, config: Readonly<Record<string, string>>): Promise<Ended> {
    const file = join(checkout.folder, `${name.replaceAll(" ", "-")}.yaml`);
    const entries = Object.entries({ image: "kubeflower:preview", ...config });
    const values = Object.fromEntries(entries.map(([key, value]) => [`kubeflower:${key}`, value]));
    await writeFile(file, stringify({ config: values }));
    const options = ["--stack", "bad", "--config-file", file, "--policy-pack", "policy"];
    const command = ["BAD_STACK=" + name, "pulumi", "preview", "--non-interactive", ...options];
    return checkout.ended("env", command, 5);
  }

  test.each(Object.entries(BAD_STACKS))("%s", async (name, { config = {}, refusals }) => {
    const { code, said } = await preview(name, config);
    expect(refused(said), said).toEqual([...refusals].sort());
    expect(said).toContain("Policies:\n    ❌ kubeflower@v0.1.0 (local: policy)\n");
    expect(code).toBe(1);
  });

  test("nothing that the program itself has spoilt", async () => {
    const { code, said } = await preview("nothing bad", {});
    expect(refused(said)).toEqual([]);
    expect(code).toBe(0);
  });
});
