import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import { Identity, renewals, type IdentityArgs } from "../../components/identity.ts";
import { PAIR, recordResources, settled, valueOf, type Recorder } from "../support/mocks.ts";

const ARGS: IdentityArgs = { namespace: "lab", signingKeys: '{"keys":[1]}', tls: true };
/** As the SDK marks a secret value. */
const secret = (value: unknown): object =>
  expect.objectContaining({
    [pulumi.runtime.specialSigKey]: pulumi.runtime.specialSecretSig,
    value,
  }) as object;

async function identity(args: Partial<IdentityArgs> = {}): Promise<[Identity, Recorder]> {
  const recorder = recordResources(false);
  const made = new Identity("i", { ...ARGS, ...args });
  await settled();
  return [made, recorder];
}

/** `{type name}` of what was made. */
function made({ resources }: Recorder): string[] {
  return resources
    .filter((r) => r.custom)
    .map((r) => `${r.type.replace("kubernetes:core/v1:", "")} ${r.name}`)
    .sort();
}

describe("Identity", () => {
  it("creates exactly an account, the keys that prove its tokens, and a certificate", async () => {
    const [, recorder] = await identity();
    expect(made(recorder)).toEqual([
      "ConfigMap i-authority",
      "ConfigMap i-keys",
      "Secret i-certificate",
      "ServiceAccount i-account",
      "command:local:Command i-authority",
      "command:local:Command i-certificate",
    ]);
  });

  it("creates no certificate without TLS", async () => {
    const [{ certificate }, recorder] = await identity({ tls: false });
    expect(made(recorder)).toEqual(["ConfigMap i-keys", "ServiceAccount i-account"]);
    expect(certificate).toBeUndefined();
  });

  it("gives the clients an account whose token is mounted by nobody unasked", async () => {
    const [{ account }, recorder] = await identity();
    expect(recorder.one("kubernetes:core/v1:ServiceAccount").inputs).toMatchObject({
      metadata: { name: "flower-client", namespace: "lab" },
      automountServiceAccountToken: false,
    });
    expect(await valueOf(account)).toBe("flower-client");
  });

  it("keeps the cluster's keys in an object that never changes", async () => {
    const [, recorder] = await identity();
    const keys = recorder.one("kubernetes:core/v1:ConfigMap", "i-keys").inputs;
    expect(keys).toMatchObject({ data: { "jwks.json": '{"keys":[1]}' }, immutable: true });
    expect((keys.metadata as { name?: string }).name).toBeUndefined();
  });

  it("certifies every name the server has in the cluster, by an authority of its own", async () => {
    const [, recorder] = await identity();
    const command = (name: string): Record<string, unknown> =>
      recorder.one("command:local:Command", name).inputs;
    const order = (name: string): unknown =>
      JSON.parse(
        (command(name).environment as Record<string, string>).KUBEFLOWER_CERTIFICATE ?? "",
      );
    expect(order("i-authority")).toEqual({ name: "kubeflower", days: 3650 });
    expect(order("i-certificate")).toEqual({
      name: "service-server",
      days: 365,
      hosts: [
        "service-server",
        "service-server.lab",
        "service-server.lab.svc",
        "service-server.lab.svc.cluster.local",
      ],
    });
    expect(command("i-authority").stdin).toBeUndefined();
    expect(command("i-certificate").stdin).toEqual(secret(JSON.stringify(PAIR)));
  });

  it("prints nothing while certificates are made, and hands private keys on as secrets", async () => {
    const [, recorder] = await identity();
    for (const name of ["i-authority", "i-certificate"]) {
      expect(recorder.one("command:local:Command", name).inputs).toMatchObject({
        interpreter: ["node", "cli/start.mjs"],
        create: "components/certificate.ts",
        logging: "none",
        addPreviousOutputInEnv: false,
        triggers: [0],
      });
    }
    expect(recorder.one("kubernetes:core/v1:Secret").inputs).toMatchObject({
      type: "kubernetes.io/tls",
      stringData: secret({ "tls.crt": "certificate", "tls.key": "private" }),
      immutable: true,
    });
    const trusted = recorder.one("kubernetes:core/v1:ConfigMap", "i-authority").inputs;
    expect(trusted).toMatchObject({ data: { "ca.crt": "certificate" }, immutable: true });
  });
});

describe("renewals", () => {
  const since = "2026-01-01T00:00:00Z";
  const after = (days: number): Date => new Date(Date.parse(since) + days * 24 * 3600 * 1000);

  it.each([
    [0, 0],
    [199.9, 0],
    [200.1, 1],
    [399.9, 1],
    [400.1, 2],
  ])("have after %d of 300 days been %d", (days, count) => {
    expect(renewals(since, after(days), 300)).toBe(count);
  });

  it("have not been while the cluster's clock is ahead, or the age is not known", () => {
    expect(renewals(since, after(-1), 300)).toBe(0);
    expect(renewals(undefined, after(0), 300)).toBe(0);
  });
});
