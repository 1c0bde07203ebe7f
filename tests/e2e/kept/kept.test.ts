import { createHash } from "node:crypto";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse, stringify } from "yaml";

import { Checkout, type Ended } from "../support/checkout.ts";
import { tinyStack } from "../support/tinyStack.ts";
import { changes, type Change } from "./settings.ts";

const MINUTE = 60_000;
const NAME = "kept";
const CASE = { timeout: 5 * MINUTE };
let checkout: Checkout;
/** The first run, and the digest of its model's file. */
let first: { id: string; sha256: string };

beforeAll(async () => {
  checkout = await Checkout.make(NAME, 14);
  await tinyStack(checkout);
  await set({ clients: "1" });
  await checkout.local("up");
  await prepareCluster();
  const { id, modelSha256 } = await checkout.result();
  first = { id, sha256: modelSha256 };
  expect(await digest()).toBe(modelSha256);
}, 45 * MINUTE);

afterAll(() => checkout.remove(), 5 * MINUTE);

/** Gives the cluster what the changes name: another context, a second class, a GPU, a priority. */
async function prepareCluster(): Promise<void> {
  const names = `--cluster=kubeflower-${NAME} --user=kubeflower-${NAME}`;
  await checkout.type([`kubectl config set-context renamed ${names}`]);
  const standard = await checkout.kubectl("get", "storageclass", "standard", "-o", "json");
  const { provisioner } = JSON.parse(standard) as { provisioner: string };
  const objects = [
    {
      apiVersion: "storage.k8s.io/v1",
      kind: "StorageClass",
      metadata: { name: "second" },
      provisioner,
      volumeBindingMode: "WaitForFirstConsumer",
    },
    {
      apiVersion: "scheduling.k8s.io/v1",
      kind: "PriorityClass",
      metadata: { name: "high" },
      value: 1000,
    },
  ];
  const list = JSON.stringify({ apiVersion: "v1", kind: "List", items: objects });
  await checkout.type([`kubectl apply -f - <<'END'\n${list}\nEND`]);
  const gpus = JSON.stringify({
    status: { capacity: { "nvidia.com/gpu": "2" }, allocatable: { "nvidia.com/gpu": "2" } },
  });
  const node = await checkout.kubectl("get", "nodes", "-o", "jsonpath={.items[0].metadata.name}");
  await checkout.kubectl("patch", "node", node, "--subresource=status", "--type=merge", "-p", gpus);
}

async function set(values: Readonly<Record<string, string>>): Promise<void> {
  for (const [key, value] of Object.entries(values))
    await checkout.pulumi("config", "set", key, value);
}

/** Writes settings over those of the stack's file, which is as the commands write it, and sooner. */
async function write(values: Readonly<Record<string, string>>, over: StackFile): Promise<void> {
  const entries = Object.entries(values).map(([key, value]) => [`kubeflower:${key}`, value]);
  const config = { ...over.config, ...(Object.fromEntries(entries) as Record<string, string>) };
  await writeFile(stackFile(), stringify({ ...over, config }));
}

async function readStackFile(): Promise<StackFile> {
  return parse(await readFile(stackFile(), "utf8")) as StackFile;
}

function stackFile(): string {
  return join(checkout.sources, "Pulumi.local.yaml");
}

interface StackFile {
  readonly config: Readonly<Record<string, string>>;
}

const up = (...more: string[]): Promise<Ended> =>
  checkout.ended("pulumi", ["up", "--yes", "--skip-preview", "--non-interactive", ...more], 5);

/** sha256 of the first run's model where the cluster keeps it; empty when it is gone. */
async function digest(): Promise<string> {
  const volumes = join(checkout.folder, "kubeflower", NAME, "node-0/volumes");
  for (const volume of await readdir(volumes)) {
    const file = join(volumes, volume, "runs", first.id, "model.safetensors");
    const data = await readFile(file).catch(() => undefined);
    if (data !== undefined) return createHash("sha256").update(data).digest("hex");
  }
  return "";
}

describe("a change of each setting on a stack that has run keeps the model, or is refused", () => {
  const image = "localhost:5568/kubeflower@sha256:";
  test.each(changes(image).map((change) => [`${change.key} ${change.value}`, change] as const))(
    "%s",
    CASE,
    async (_, change) => {
      const before = await readStackFile();
      const { key, also = {} } = change;
      const value = change.value === image ? await builtImage() : change.value;
      try {
        await write({ ...also, [key]: value }, before);
        const { code, said } = await up();
        process.stdout.write(
          `walk: ${key} ${change.value}: exit ${String(code)}, ${reason(said)}\n`,
        );
        expect(await digest()).toBe(first.sha256);
        expect(code, said).toBe(change.refused === undefined ? 0 : 1);
        if (change.refused === undefined) await shows(change);
        else expect(reason(said)).toMatch(change.refused);
      } finally {
        await write({}, before);
      }
    },
  );

  test("every setting of Pulumi.yaml is among them", async () => {
    const project = parse(await readFile(join(checkout.sources, "Pulumi.yaml"), "utf8")) as {
      config: Record<string, unknown>;
    };
    const settings = Object.keys(project.config).filter((key) => !key.includes(":"));
    expect([...new Set(changes("").map(({ key }) => key))].sort()).toEqual(settings.sort());
  });

  test(
    "with all of them taken back the stack has its first run again, and trains nothing",
    CASE,
    async () => {
      const { code, said } = await up();
      expect(code, said).toBe(0);
      expect(await checkout.result()).toMatchObject({ id: first.id, state: "completed" });
      expect(await digest()).toBe(first.sha256);
    },
  );
});

type Config = Readonly<Record<string, { readonly value?: string } | undefined>>;

async function builtImage(): Promise<string> {
  return (JSON.parse(await checkout.pulumi("stack", "output", "--json")) as { image: string })
    .image;
}

/** Compares the outputs after an update that ended well with the cluster. */
async function shows({ another, key }: Change): Promise<void> {
  const { id, state, rounds, modelSha256 } = await checkout.result();
  if (state === "completed") {
    expect(rounds).toBeGreaterThan(0);
    expect(modelSha256).toMatch(/^[0-9a-f]{64}$/);
  }
  if (another === true) expect(id).not.toBe(first.id);
  else expect(id).toBe(first.id);
  expect(key === "wait" ? ["running", "completed"] : ["completed"]).toContain(state);
  const ready = "{.status.availableReplicas}";
  expect(await checkout.kubectl("get", "deploy/flower-server", "-o", `jsonpath=${ready}`)).toBe(
    "1",
  );
}

/** The sentence that a failed update ends with; empty for one that went well. */
function reason(said: string): string {
  const [, diagnostics = ""] = /^Diagnostics:\n(.*?)\n\n(?:Outputs|Resources):$/ms.exec(said) ?? [];
  const told = diagnostics
    .split("\n\n")
    .filter((part) => part.includes("error: ") && !part.endsWith("error: update failed"));
  return (told[0]?.split("\n").at(-1) ?? "").trim().replace(/^error: /, "");
}

test(
  "another stack is refused in the namespace, in preview and update, and destroys nothing there",
  CASE,
  async () => {
    const before = await checkout.pulumi("config", "--json");
    await checkout.pulumi("stack", "init", "second");
    for (const key of ["cluster", "context", "registry", "app", "rounds", "clients"]) {
      const value = (JSON.parse(before) as Config)[`kubeflower:${key}`]?.value ?? "";
      await set({ [key]: value });
    }
    const belongs =
      /^namespace kubeflower of context kubeflower-kept belongs to stack kubeflower\/local \(id [0-9a-f]{8}\), not to this one/;
    const preview = await checkout.ended("pulumi", ["preview", "--non-interactive"], 2);
    expect([preview.code, reason(preview.said)]).toEqual([1, expect.stringMatching(belongs)]);
    await set({ createNamespace: "false" });
    const { code, said } = await up();
    expect([code, reason(said)]).toEqual([
      1,
      expect.stringMatching(
        /^PersistentVolumeClaim flower-server in namespace kubeflower .* belongs to stack kubeflower\/local/,
      ),
    ]);
    await checkout.pulumi("destroy", "--yes", "--skip-preview");
    await checkout.pulumi("stack", "rm", "--yes", "second");
    await checkout.pulumi("stack", "select", "local");
    expect(await digest()).toBe(first.sha256);
  },
);

test("a run that nobody waited for is brought up to date by the next update", CASE, async () => {
  await set({ wait: "false", rounds: "3" });
  await checkout.pulumi("config", "set", "--path", "runConfig.pause", "2");
  expect((await up()).code).toBe(0);
  const { id, state } = await checkout.result();
  expect(state).toBe("running");
  const kubeflower = [
    "--import",
    "tsx",
    "cli/kubeflower.ts",
    "follow",
    "--context",
    "kubeflower-kept",
  ];
  const followed = await checkout.ended(process.execPath, [...kubeflower, "--run", id], 2);
  expect(followed.code, followed.said).toBe(0);
  expect((await up()).code).toBe(0);
  expect(await checkout.result()).toMatchObject({ id, state: "completed", rounds: 3 });
  expect(await checkout.pulumi("preview", "--expect-no-changes")).toMatch(/\d+ unchanged/);
});

test(
  "an update whose run fails has that run in its outputs, and `status` fails as well",
  CASE,
  async () => {
    await checkout.pulumi("config", "set", "wait", "true");
    await checkout.pulumi("config", "set", "--path", "runConfig.fail-round", "2");
    const { code, said } = await up();
    expect(code, said).toBe(1);
    const { run } = JSON.parse(await checkout.pulumi("stack", "output", "--json")) as {
      run: { state: string; rounds: number; reason: string };
    };
    expect(run).toMatchObject({ state: "failed", rounds: 1, reason: reason(said) });
    expect(run.reason).toContain(
      "failed after 1 of 3 rounds: round 2: ValueError: the test set is gone",
    );
    const status = [
      "--import",
      "tsx",
      "cli/kubeflower.ts",
      "status",
      "--context",
      "kubeflower-kept",
    ];
    expect((await checkout.ended(process.execPath, status, 1)).code).toBe(1);
  },
);

test(
  "a run that roundTimeout interrupted names it, and goes on when it is raised",
  CASE,
  async () => {
    await checkout.pulumi("config", "set", "--path", "runConfig.fail-round", "0");
    await checkout.pulumi("config", "set", "--path", "runConfig.pause", "4");
    await set({ roundTimeout: "2" });
    const { code, said } = await up();
    expect(code, said).toBe(1);
    expect(reason(said)).toMatch(
      /^run [0-9a-f]{12} was interrupted after 0 of 3 rounds: .*client 0.* — give a round more time: pulumi config set roundTimeout 4, then `pulumi up`: the run goes on after round 0$/,
    );
    const { id } = await checkout.result();
    await set({ roundTimeout: "60" });
    expect((await up()).code).toBe(0);
    expect(await checkout.result()).toMatchObject({ id, state: "completed", rounds: 3 });
  },
);

test(
  "what somebody deleted by hand is missed by an update, and made anew with a refresh",
  CASE,
  async () => {
    await checkout.kubectl("delete", "deployment", "flower-server");
    const { code, said } = await up();
    expect([code, reason(said)]).toEqual([
      1,
      "context kubeflower-kept has no deployment flower-server of this stack's any more — the cluster was recreated, or somebody deleted it — run `pulumi up --refresh`",
    ]);
    expect((await up("--refresh")).code).toBe(0);
    expect(await checkout.result()).toMatchObject({ state: "completed", rounds: 3 });
    expect(await digest()).toBe(first.sha256);
  },
);

test(
  "the yes that a refusal names gives up that volume, and the server moves to a new one",
  CASE,
  async () => {
    await set({ storageClass: "second" });
    const refused = await up();
    const yes = /say yes for this volume: (pulumi config set discard [0-9a-f]{8})$/.exec(
      reason(refused.said),
    );
    expect(yes, refused.said).not.toBeNull();
    await checkout.type([yes?.[1] ?? ""]);
    expect((await up()).code).toBe(0);
    expect(await checkout.result()).toMatchObject({ state: "completed", rounds: 3 });
    expect(await digest()).toBe("");
    const classes = await checkout.kubectl(
      "get",
      "pvc",
      "-o",
      "jsonpath={.items[*].spec.storageClassName}",
    );
    expect(classes).toBe("second");
    // The same yes is none for the new volume.
    await set({ storageClass: "standard" });
    expect((await up()).code).toBe(1);
    await set({ storageClass: "second" });
  },
);

test(
  "a destroy says first which runs go, and leaves a namespace that is not to be ours any more",
  CASE,
  async () => {
    const { id } = await checkout.result();
    await set({ createNamespace: "false" });
    expect((await up()).code).toBe(0);
    const destroy = ["destroy", "--yes", "--skip-preview", "--non-interactive"];
    const { code, said } = await checkout.ended("pulumi", destroy, 5);
    expect(code, said).toBe(0);
    const [told, deleted] = [
      said.indexOf(`run ${id}  completed  3 rounds`),
      said.search(/kubernetes:.* deleted/),
    ];
    expect(told, said).toBeGreaterThan(0);
    expect(told).toBeLessThan(deleted);
    expect(await checkout.kubectl("get", "all,pvc", "-o", "name")).toBe("");
    expect(await checkout.kubectl("get", "namespace", "kubeflower", "-o", "name")).toBe(
      "namespace/kubeflower",
    );
  },
);
