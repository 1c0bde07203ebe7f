import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";
import { parse } from "yaml";

import { Checkout } from "../../dev/checkout.ts";
import { startDocker } from "./support/sharedCheckout.ts";

const MINUTE = 60_000;
/** State of a stack that version 0.1 (26b5ae2) made and ran; its private keys are removed. */
const STATE = "tests/e2e/support/state-0.1.json";
/** Resources that hold models, clients or the trust between them: a replacement would lose those. */
const KEPT = [
  "command:local:Command federation-identity-authority",
  "command:local:Command federation-identity-certificate",
  "kubernetes:apps/v1:Deployment federation-server",
  "kubernetes:apps/v1:StatefulSet federation-clients",
  "kubernetes:core/v1:ConfigMap federation-identity-authority",
  "kubernetes:core/v1:Namespace federation-namespace",
  "kubernetes:core/v1:PersistentVolumeClaim federation-server-volume",
  "kubernetes:core/v1:Secret federation-identity-certificate",
  "kubernetes:core/v1:Service federation-server-service",
  "kubernetes:core/v1:ServiceAccount federation-identity-account",
  "pulumi:providers:kubernetes cluster",
];
let checkout: Checkout;

beforeAll(async () => {
  await startDocker(); // the docker provider connects to it in preview too
  checkout = await Checkout.withoutCluster();
  await writeFile(join(checkout.folder, "kubeconfig"), "");
}, 45 * MINUTE);

afterAll(() => checkout.remove());

/** Writes the recorded state to a file, with the secrets provider of the stack `local`. */
async function recorded(): Promise<string> {
  const read = (file: string): Promise<string> => readFile(join(checkout.sources, file), "utf8");
  const { encryptionsalt } = parse(await read("Pulumi.local.yaml")) as { encryptionsalt: string };
  const state = JSON.parse(await read(STATE)) as { deployment: object };
  const secrets = { type: "passphrase", state: { salt: encryptionsalt } };
  const deployment = { ...state.deployment, secrets_providers: secrets };
  const file = join(checkout.folder, "state.json");
  await writeFile(file, JSON.stringify({ ...state, deployment }));
  return file;
}

test("a stack of version 0.1 goes on: nothing that holds results, clients or trust is replaced", async () => {
  await checkout.pulumi("stack", "init", "local");
  const config = { cluster: "remote", context: "kubeflower-local", registry: "localhost:5555" };
  for (const [key, value] of Object.entries(config)) {
    await checkout.pulumi("config", "set", key, value);
  }
  await checkout.pulumi("stack", "import", "--file", await recorded());
  const { steps } = JSON.parse(await checkout.pulumi("preview", "--json", "--show-sames")) as {
    steps: { op: string; urn: string }[];
  };
  const operations = new Map(
    steps.map(({ op, urn }) => {
      const [type = "", name = ""] = urn.split("::").slice(-2);
      return [`${type.split("$").at(-1) ?? ""} ${name}`, op];
    }),
  );
  for (const resource of KEPT) {
    expect(["same", "update"], resource).toContain(operations.get(resource));
  }
  expect([...operations.values()]).not.toContain("delete");
});
