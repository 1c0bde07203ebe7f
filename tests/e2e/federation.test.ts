import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import { DATA_FOLDER } from "../../contract/names.ts";
import { Checkout } from "../../dev/checkout.ts";
import { DEFAULT_MODEL } from "../support/defaultModel.ts";

const MINUTE = 60_000;
/** Puts the tools in use on the PATH of a shell. */
const USE = 'eval "$(npm run -s env)"';
let checkout: Checkout;

beforeAll(async () => {
  checkout = await Checkout.make("test", 2);
}, 45 * MINUTE);

afterAll(() => checkout.remove(), 5 * MINUTE);

/** Lists what a preview would change: operation and type of each resource that does not stay the same. */
async function changes(): Promise<string[]> {
  const { steps } = JSON.parse(await checkout.pulumi("preview", "--json")) as {
    steps: { op: string; urn: string }[];
  };
  return steps
    .filter(({ op }) => op !== "same")
    .map(({ op, urn }) => `${op} ${urn.split("::")[2]?.split("$").at(-1) ?? ""}`)
    .sort();
}

test(
  "`npm run up` runs a federation of five rounds to its end",
  { timeout: 60 * MINUTE },
  async () => {
    const said = await checkout.type(["npm run up"]);
    for (const round of [1, 2, 3, 4, 5]) expect(said).toContain(`round ${round}/5`);
    expect(said).toMatch(/state +completed/);
    const result = await checkout.result();
    expect(result).toMatchObject({ state: "completed", rounds: 5 });
    expect(result.accuracy).toBeGreaterThanOrEqual(0.85);
    expect(result.modelSha256).toBe(DEFAULT_MODEL);
    const shown = await checkout.type([
      USE,
      "pulumi stack output --json",
      "kubectl -n kubeflower get deploy,sts,svc",
    ]);
    expect(shown).toContain(result.modelSha256);
    expect(shown).toMatch(/deployment.apps\/flower-server +1\/1 /);
    expect(shown).toMatch(/statefulset.apps\/flower-client +2\/2 /);
    expect(shown).toMatch(/service\/service-server +ClusterIP +\S+ +<none> +30051\/TCP /);
  },
);

test("a second `npm run up` changes nothing", { timeout: 10 * MINUTE }, async () => {
  const before = await checkout.result();
  const said = await checkout.type(["npm run up"]);
  expect(said).toMatch(/Resources:\n +\d+ unchanged\n/);
  expect(await checkout.result()).toEqual(before);
  expect(await checkout.pulumi("preview", "--expect-no-changes")).toMatch(/\d+ unchanged/);
});

test("`npm run sbom` writes what the image of the stack is made of", async () => {
  await checkout.type(["npm run sbom"]);
  const file = join(checkout.sources, ".build/sbom.json");
  const { metadata, components } = JSON.parse(await readFile(file, "utf8")) as {
    metadata: { component: { name: string } };
    components: { purl?: string }[];
  };
  expect(metadata.component.name).toBe("localhost:5556/kubeflower");
  const lock = await readFile(join(checkout.sources, "app/requirements.lock"), "utf8");
  const [, flwr] = /^(flwr==\S+)/m.exec(lock) ?? [];
  expect(components.map(({ purl }) => purl)).toEqual(
    expect.arrayContaining([
      `pkg:pypi/${flwr?.replace("==", "@")}`,
      expect.stringMatching(/^pkg:deb\/debian\/python3-torch@/),
    ]),
  );
});

test(
  "four clients train on four disjoint partitions that are together the training set",
  { timeout: 10 * MINUTE },
  async () => {
    const clients = await checkout.uids("flower-client");
    await checkout.type([
      USE,
      "pulumi config set clients 4",
      "pulumi config set rounds 1",
      "pulumi up",
    ]);
    const { id } = await checkout.result();
    expect((await checkout.uids("flower-client")).split(" ").slice(0, 2).join(" ")).toBe(clients);
    const recorded = `${DATA_FOLDER}/runs/${id}/partitions.json`;
    const partitions = JSON.parse(
      await checkout.kubectl("exec", "deploy/flower-server", "--", "cat", recorded),
    ) as Record<string, { count: number; histogram: number[]; sha256: string }>;
    // Compute the indices again where the app is: the clients recorded their digests.
    const again = `
import json
from vision import data, partition
_, labels = data.load("fashion-mnist", "/usr/share/datasets/fashion-mnist", train=True)
parts = partition.split(labels, 4, "iid", 0.5, 42)
print(json.dumps({"digests": [partition.digest(p) for p in parts], "union": sorted(int(i) for p in parts for i in p)}))`;
    const { digests, union } = JSON.parse(
      await checkout.kubectl(
        "exec",
        "deploy/flower-server",
        "--",
        "sh",
        "-c",
        'cd /app && python3 -c "$0"',
        again,
      ),
    ) as { digests: string[]; union: number[] };
    expect(Object.keys(partitions)).toEqual(["0", "1", "2", "3"]);
    expect(Object.values(partitions).map(({ sha256 }) => sha256)).toEqual(digests);
    expect(union).toEqual(Array.from({ length: 60_000 }, (_, index) => index));
    expect(Object.values(partitions).map(({ count }) => count)).toEqual([
      15_000, 15_000, 15_000, 15_000,
    ]);
  },
);

test(
  "a new server pod serves the completed run's result and trains nothing",
  { timeout: 10 * MINUTE },
  async () => {
    const before = await checkout.result();
    const files = ["exec", "deploy/flower-server", "--", "sh", "-c"];
    const list = `cd ${DATA_FOLDER}/runs/${before.id} && sha256sum result.json metrics.jsonl model.safetensors`;
    const written = await checkout.kubectl(...files, list);
    expect(written).toContain(before.modelSha256);
    const pod = await checkout.uids("flower-server");
    await checkout.kubectl("delete", "pod", "-l", "app=flower-server", "--wait");
    await checkout.kubectl("rollout", "status", "deploy/flower-server", "--timeout=5m");
    expect(await checkout.uids("flower-server")).not.toBe(pod);
    expect(await checkout.kubectl(...files, list)).toBe(written);
    await checkout.pulumi("up", "--yes", "--skip-preview");
    expect(await checkout.result()).toEqual(before);
  },
);

test(
  "what somebody changed by hand is shown by `pulumi refresh` and mended by `pulumi up`",
  { timeout: 10 * MINUTE },
  async () => {
    const get = (what: string, path: string): Promise<string> =>
      checkout.kubectl("get", ...what.split(" "), "-o", `jsonpath=${path}`);
    const image = "{.spec.template.spec.containers[0].image}";
    const policy = "networkpolicy -l app.kubernetes.io/part-of=kubeflower";
    const rules = "{.items[*].spec}";
    const wanted = [await get("deploy/flower-server", image), await get(policy, rules)];
    const names = (await get(policy, "{.items[*].metadata.name}")).split(" ");
    const open = names.find((name) => name.includes("server")) ?? "";
    await checkout.kubectl("scale", "statefulset/flower-client", "--replicas=1");
    await checkout.kubectl("set", "image", "deploy/flower-server", "server=kubeflower:other");
    const anything = '{"spec":{"ingress":[{}]}}';
    await checkout.kubectl("patch", "networkpolicy", open, "--type=merge", "-p", anything);

    const shown = async (): Promise<string> => {
      // `pulumi refresh --preview-only` refuses to be confirmed in advance.
      const refresh = "env -u PULUMI_SKIP_CONFIRMATIONS pulumi refresh --preview-only --diff";
      return (await checkout.ended("bash", ["-c", `${refresh} --color=never`])).said;
    };
    const said = await shown();
    const drift = [/replicas *: 4 => 1/, /image *: "\S+" => "kubeflower:other"/, /ingress *: /];
    for (const line of drift) expect(said).toMatch(line);
    await checkout.pulumi("up", "--yes", "--skip-preview", "--refresh");
    expect(await get("statefulset/flower-client", "{.spec.replicas}")).toBe("4");
    expect([await get("deploy/flower-server", image), await get(policy, rules)]).toEqual(wanted);
    const after = await shown();
    expect(after).toMatch(/^Resources:$/m);
    for (const line of drift) expect(after).not.toMatch(line);
    expect(await checkout.pulumi("preview", "--expect-no-changes")).toMatch(/\d+ unchanged/);
  },
);

test(
  "ten rounds are another run that Ctrl-C does not end: only the server's template and the run change",
  { timeout: 10 * MINUTE },
  async () => {
    // Each round takes a second.
    for (const [key, value] of [
      ["app", "tests/app/tiny"],
      ["clients", "2"],
      ["runConfig.pause", "1"],
    ] as const) {
      await checkout.pulumi("config", "set", "--path", key, value);
    }
    await checkout.pulumi("up", "--yes", "--skip-preview");
    // Two of the four pods are no longer wanted and may still be terminating.
    const gone = ["pod/flower-client-2", "pod/flower-client-3"];
    await checkout.kubectl("wait", "--for=delete", ...gone, "--timeout=5m");
    const [before, clients] = [await checkout.result(), await checkout.uids("flower-client")];
    await checkout.type([USE, "pulumi config set rounds 10"]);
    expect(await changes()).toEqual([
      "replace command:local:Command",
      // This command lists the runs on the volume, after each run.
      "update command:local:Command",
      "update kubernetes:apps/v1:Deployment",
    ]);
    const stopped = await checkout.interrupt([USE, "pulumi up"], "round  2/10");
    expect(stopped.said).toContain("stopped following; the run goes on");
    expect(stopped.code).not.toBe(0);
    const said = await checkout.type([USE, "pulumi up"]);
    expect(said).toContain("round 10/10");
    const after = await checkout.result();
    expect(after).toMatchObject({ state: "completed", rounds: 10 });
    expect(after.id).not.toBe(before.id);
    expect(await checkout.uids("flower-client")).toBe(clients);
    const logs = await checkout.type([USE, "kubectl -n kubeflower logs deploy/flower-server"]);
    expect(logs).toContain("round 10: ");
  },
);

test("`pulumi destroy` leaves nothing of the stack", { timeout: 10 * MINUTE }, async () => {
  await checkout.type([USE, "pulumi destroy"]);
  const left = await checkout.kubectl("get", "namespaces,pv", "-o", "name");
  expect(left).toContain("namespace/default");
  expect(left).not.toMatch(/namespace\/kubeflower|persistentvolume\//);
});

test(
  "on a cluster of one's own with a registry of one's own the stack runs an app of one's own",
  { timeout: 10 * MINUTE },
  async () => {
    const values = { CONTEXT: "kubeflower-test", REGISTRY: "localhost:5556" };
    await checkout.type(
      [
        USE,
        "mkdir -p path/to/your && cp -r app/vision path/to/your/app",
        "pulumi stack init prod",
        "pulumi config set cluster remote",
        "pulumi config set context CONTEXT",
        "pulumi config set registry REGISTRY",
        "pulumi config set app path/to/your/app",
        "pulumi config set rounds 1",
        "pulumi up",
      ],
      values,
    );
    expect(await checkout.result()).toMatchObject({ state: "completed", rounds: 1 });
    await checkout.type([USE, "pulumi destroy", "pulumi stack rm --yes prod"]);
  },
);

test("`npm run down` removes the stack and the cluster", { timeout: 10 * MINUTE }, async () => {
  expect(await checkout.type(["npm run down"])).toContain(
    "stack local and cluster kubeflower-test are gone",
  );
  expect(await checkout.pulumi("stack", "ls", "--json")).toBe("[]");
});
