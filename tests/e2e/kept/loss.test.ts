import { afterAll, beforeAll, expect, test } from "vitest";

import { OWNER } from "../../../contract/names.ts";
import { KeptStack, reason, secondClass } from "./support/keptStack.ts";

const MINUTE = 60_000;
const CASE = { timeout: 10 * MINUTE };
const NAMESPACE = "kept-loss";
/** Name of a StorageClass. */
const CLASS = "kept-loss";
let kept: KeptStack;

beforeAll(async () => {
  kept = await KeptStack.make(NAMESPACE);
  await kept.checkout.apply(await secondClass(kept.checkout, CLASS));
}, 45 * MINUTE);

afterAll(async () => {
  await kept.checkout.kubectl("delete", "storageclass", CLASS, "--wait=false");
  await kept.checkout.remove();
}, 5 * MINUTE);

test(
  "another stack is refused in the namespace, in preview and update, and destroys nothing there",
  CASE,
  async () => {
    const { checkout } = kept;
    await checkout.pulumi("stack", "init", "second", "--copy-config-from", "local");
    const belongs = new RegExp(
      `^namespace ${NAMESPACE} of context ${checkout.context} belongs to stack kubeflower/local \\(id [0-9a-f]{8}\\), not to this one`,
    );
    const preview = await checkout.ended("pulumi", ["preview", "--non-interactive"], 5);
    expect([preview.code, reason(preview.said)]).toEqual([1, expect.stringMatching(belongs)]);
    await checkout.set({ createNamespace: "false" });
    const { code, said } = await kept.up();
    expect([code, reason(said)]).toEqual([
      1,
      expect.stringMatching(
        new RegExp(
          `^PersistentVolumeClaim flower-server in namespace ${NAMESPACE} .* belongs to stack kubeflower/local`,
        ),
      ),
    ]);
    await checkout.pulumi("destroy", "--yes", "--skip-preview");
    await checkout.pulumi("stack", "rm", "--yes", "second");
    await checkout.pulumi("stack", "select", "local");
    expect(await kept.digest()).toBe(kept.first.sha256);
  },
);

test(
  "what somebody deleted by hand is missed by an update, and made anew with a refresh",
  CASE,
  async () => {
    const { checkout } = kept;
    await checkout.kubectl("delete", "deployment", "flower-server");
    const { code, said } = await kept.up();
    expect([code, reason(said)]).toEqual([
      1,
      `context ${checkout.context} has no deployment flower-server of this stack's any more — the cluster was recreated, or somebody deleted it — run \`pulumi up --refresh\``,
    ]);
    expect((await kept.up("--refresh")).code).toBe(0);
    expect(await checkout.result()).toMatchObject({ state: "completed", rounds: 1 });
    expect(await kept.digest()).toBe(kept.first.sha256);
  },
);

test("a replacement that somebody asks Pulumi for is refused", CASE, async () => {
  const { deployment } = JSON.parse(await kept.checkout.pulumi("stack", "export")) as {
    deployment: { resources: readonly { readonly urn: string }[] };
  };
  const urns = deployment.resources.map(({ urn }) => urn);
  const claim = urns.find((urn) => urn.endsWith("::federation-server-volume")) ?? "";
  const { code, said } = await kept.up("--replace", claim);
  expect([code, reason(said)]).toEqual([
    1,
    expect.stringMatching(/PersistentVolumeClaim flower-server is there, and to replace it would/),
  ]);
  expect(await kept.digest()).toBe(kept.first.sha256);
  expect((await kept.up()).code).toBe(0);
});

test(
  "the yes that a refusal names gives up that volume, and the server moves to a new one",
  CASE,
  async () => {
    const { checkout } = kept;
    await checkout.set({ storageClass: CLASS, storage: "1Mi", rounds: "2" });
    const refused = await kept.up();
    const yes = /say yes for this volume: (pulumi config set discard [0-9a-f]{8})$/.exec(
      reason(refused.said),
    );
    expect(yes, refused.said).not.toBeNull();
    await checkout.type([yes?.[1] ?? ""]);
    const { code, said } = await kept.up();
    expect(code, said).toBe(0);
    // The cluster's volumes are folders of the node's disk.
    expect(said).toMatch(
      /warning: the run needs 1\.0 MiB for checkpoints and a model .* claim is of 1\.0 MiB, which this cluster does not enforce — keep fewer runs: .*keepRuns/,
    );
    expect(await checkout.result()).toMatchObject({ state: "completed", rounds: 2 });
    await expect.poll(() => kept.digest(), { timeout: 120_000 }).toBe("");
    const classes = ["get", "pvc", "-o", "jsonpath={.items[*].spec.storageClassName}"];
    expect(await checkout.kubectl(...classes)).toBe(CLASS);
    // The same `discard` does not hold for the new volume.
    await checkout.set({ storageClass: "standard" });
    expect((await kept.up()).code).toBe(1);
    await checkout.set({ storageClass: CLASS });
  },
);

test(
  "keepRuns tells in preview and update which run goes, and no command lists it then",
  CASE,
  async () => {
    const { checkout } = kept;
    const { id: old } = await checkout.result();
    await checkout.set({ rounds: "3", keepRuns: "1" });
    const told = new RegExp(
      `keepRuns is 1, so this update removes run ${old} \\(completed [^ ]+Z, 2 rounds\\) from the volume`,
    );
    const preview = await checkout.ended("pulumi", ["preview", "--non-interactive"], 5);
    expect([preview.code, preview.said]).toEqual([0, expect.stringMatching(told)]);
    const { code, said } = await kept.up();
    expect([code, said]).toEqual([0, expect.stringMatching(told)]);
    const { id } = await checkout.result();
    const outputs = JSON.parse(await checkout.pulumi("stack", "output", "--json")) as {
      runs: readonly { readonly id: string }[];
    };
    expect(outputs.runs.map((run) => run.id)).toEqual([id]);
    const where = ["--context", checkout.context, "--namespace", NAMESPACE];
    const runs = await checkout.ended(
      process.execPath,
      ["cli/kubeflower.mjs", "runs", ...where],
      1,
    );
    expect(runs.said).toContain(id);
    expect(runs.said).not.toContain(old);
    const results = ["cli/kubeflower.mjs", "results", old, ...where];
    const { said: missing } = await checkout.ended(process.execPath, results, 1);
    expect(missing).toContain(`run ${old} is not on the volume`);
    const log = await checkout.kubectl("logs", "deploy/flower-server");
    expect(log).toMatch(
      new RegExp(`keepRuns is 1: removes run ${old} \\(completed .*, 2 rounds\\)`),
    );
    expect(await checkout.pulumi("preview", "--expect-no-changes")).toMatch(/\d+ unchanged/);
  },
);

test(
  "a destroy says first which runs go, and leaves a namespace that is not to be ours any more",
  CASE,
  async () => {
    const { checkout } = kept;
    const { id } = await checkout.result();
    await checkout.set({ createNamespace: "false" });
    expect((await kept.up()).code).toBe(0);
    const destroy = ["destroy", "--yes", "--skip-preview", "--non-interactive"];
    const name = await checkout.kubectl("get", "pvc", "-o", "jsonpath={.items[*].metadata.name}");
    const claim = ["pvc", name];
    const mark = await checkout.kubectl(
      "get",
      ...claim,
      "-o",
      `jsonpath={.metadata.annotations.${OWNER}}`,
    );
    await checkout.kubectl("annotate", ...claim, `${OWNER}-`);
    const stopped = await checkout.ended("pulumi", destroy, 5);
    expect(stopped.code).not.toBe(0);
    expect(stopped.said).toContain(`claim ${name} lacks this stack's mark, as somebody has`);
    expect(stopped.said).not.toMatch(/kubernetes:.* deleted/);
    await checkout.kubectl("annotate", ...claim, `${OWNER}=${mark}`);
    const { code, said } = await checkout.ended("pulumi", destroy, 5);
    expect(code, said).toBe(0);
    const [told, deleted] = [
      said.indexOf(`run ${id}  completed  3 rounds`),
      said.search(/kubernetes:.* deleted/),
    ];
    expect(told, said).toBeGreaterThan(0);
    expect(told).toBeLessThan(deleted);
    expect(await checkout.kubectl("get", "all,pvc", "-o", "name")).toBe("");
    expect(await checkout.kubectl("get", "namespace", NAMESPACE, "-o", "name")).toBe(
      `namespace/${NAMESPACE}`,
    );
  },
);
