import { existsSync } from "node:fs";
import { chmod, mkdir, stat } from "node:fs/promises";
import { dirname, join } from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import type { Checkout } from "../../../dev/checkout.ts";
import { sharedCheckout } from "../support/sharedCheckout.ts";
import { until } from "../support/until.ts";
import { Federation } from "./support/federation.ts";
import { figures } from "./support/figures.ts";
import type { Run } from "./support/run.ts";

const NAMESPACE = "faults-server";
const MINUTE = 60_000;
const CASE = { timeout: 10 * MINUTE };
let federation: Federation;
let calm: string;

beforeAll(async () => {
  // A model of 16 MB takes a moment to be written.
  const checkout = await sharedCheckout(NAMESPACE);
  await ownVolume(checkout);
  const settings = { storageClass: NAMESPACE };
  federation = new Federation(checkout, { floats: 2_000_000, pause: 0.3 }, settings);
  calm = await federation.calm();
}, 45 * MINUTE);

afterAll(async () => {
  await federation.checkout.kubectl("delete", "pv,storageclass", NAMESPACE, "--wait=false");
  await federation.checkout.remove();
}, 5 * MINUTE);

/** Makes a volume in a separate folder, over which a test can mount a small file system without hiding others' volumes. */
async function ownVolume(checkout: Checkout): Promise<void> {
  const path = join(checkout.clusterFolder, "node-0", NAMESPACE, "volume");
  await mkdir(path, { recursive: true });
  await chmod(path, 0o777);
  const values = ["kubeflower-0"];
  const matchExpressions = [{ key: "kubernetes.io/hostname", operator: "In", values }];
  const volume = {
    apiVersion: "v1",
    kind: "PersistentVolume",
    metadata: { name: NAMESPACE },
    spec: {
      storageClassName: NAMESPACE,
      accessModes: ["ReadWriteOnce"],
      capacity: { storage: "1Gi" },
      local: { path },
      nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions }] } },
    },
  };
  const storageClass = {
    apiVersion: "storage.k8s.io/v1",
    kind: "StorageClass",
    metadata: { name: NAMESPACE },
    provisioner: "kubernetes.io/no-provisioner",
    volumeBindingMode: "WaitForFirstConsumer",
  };
  await checkout.apply(volume, storageClass);
}

/** Expects the run to end as if its server had not been killed; prints how soon it went on. */
async function recovers(run: Run, fault: string, killed: number, joined = true): Promise<void> {
  const client = await federation.client(0);
  const noticed = joined ? await client.said("UNAVAILABLE", killed) : undefined;
  const recovered = await run.server.said("^rests before", killed);
  await run.completes(calm);
  figures(`server killed ${fault}`, killed, { noticed, recovered });
}

/** Waits until a round's checkpoint exists. */
async function written(run: Run, round: number): Promise<void> {
  const file = join(await run.folder(), `checkpoint-00000000${String(round)}`);
  await until(file, () => Promise.resolve(existsSync(file) || undefined));
}

test("a server killed before round 1 begins anew", CASE, async () => {
  const run = await federation.begin();
  await until("run's folder", async () => existsSync(await run.folder()) || undefined);
  // A client that has not joined yet notices nothing.
  await recovers(run, "before round 1", await run.server.signal("SIGKILL"), false);
});

test("a server killed while it aggregates does that round again", CASE, async () => {
  const run = await federation.begin({ "aggregation-pause": 1 });
  await run.server.said("^aggregates round 2");
  const killed = await run.server.signal("SIGKILL");
  await recovers(run, "during aggregation", killed);
  await run.server.said("^goes on after round 1", killed);
});

test("a server killed between rounds repeats none", CASE, async () => {
  const run = await federation.begin({ rest: 3 });
  await run.server.said("^rests before round 3");
  await written(run, 2);
  const killed = await run.server.signal("SIGKILL");
  await recovers(run, "between rounds", killed);
  await run.server.said("^goes on after round 2", killed);
});

test("a server killed while it writes a checkpoint goes on from the one before", CASE, async () => {
  const run = await federation.begin();
  await run.finished(1);
  const folder = await run.folder();
  const torn = [2, 3].map((round) => join(folder, `.checkpoint-00000000${String(round)}.tmp`));
  const killed = await run.server.killWhile(torn);
  await recovers(run, "during a checkpoint write", killed);
});

test("a server killed after the last round trains none again", CASE, async () => {
  const run = await federation.begin({ rest: 3 });
  await run.server.said("^rests before the end");
  await written(run, 3);
  const killed = await run.server.signal("SIGKILL");
  const noticed = await (await federation.client(0)).said("UNAVAILABLE", killed);
  await run.completes(calm);
  const after = (await run.server.log()).filter(({ at }) => at > killed);
  expect(after.filter(({ text }) => /^(aggregates )?round/.test(text))).toEqual([]);
  const { mtimeMs: recovered } = await stat(join(await run.folder(), "result.json"));
  figures("server killed after the last round", killed, { noticed, recovered });
});

test("a server always out of memory fails `up` with its limit and the remedy", CASE, async () => {
  const run = await federation.begin({ "server-trouble": "hog" });
  const begun = await run.server.said("^aggregates round 1");
  await run.server.said("^out of memory: the server needs more than its limit of 1Gi", begun);
  await run.fails(
    /^pod flower-server-\S+ was killed \d times as it needs more memory than its limit 1Gi — raise it: pulumi config set --path serverResources.memory 2Gi$/,
  );
  figures("server always out of memory", begun, { "`up` ended": Date.now() });
});

/** Gives the server's volume this size while `test` runs. */
async function withVolumeOf(
  size: string,
  test: (resize: (size: string) => Promise<unknown>) => Promise<void>,
): Promise<void> {
  const volume = await federation.volume();
  // Mount one level above the volume: a mount on the volume itself ends with the server's old pod,
  // whose own mount is its peer.
  const mount = ["-t", "tmpfs", "-o", `size=${size}`, "small", dirname(volume)];
  await federation.inNode("mount", ...mount);
  await federation.inNode("mkdir", "-m", "777", volume);
  try {
    const remount = (larger: string): string[] => ["-o", `remount,size=${larger}`, dirname(volume)];
    await test((larger) => federation.inNode("mount", ...remount(larger)));
  } finally {
    await federation.inNode("umount", dirname(volume));
  }
}

test("a volume with room for the newest checkpoint and the model is enough", CASE, async () => {
  await withVolumeOf("40m", async () => {
    const run = await federation.begin();
    // Only the node sees the files of this volume.
    await run.ends(calm);
  });
});

/** Runs a line of the node's shell in the run's folder, once that has this file; only the node sees the files. */
async function once(run: Run, file: string, line: string): Promise<void> {
  const wait = `n=0; until ls ${file} >/dev/null 2>&1; do n=$((n+1)); [ $n -lt 600 ]; sleep 0.1; done`;
  await federation.inNode("sh", "-ec", `cd ${await run.folder()}; ${wait}; ${line}`);
}

test(
  "a volume that is too small or full interrupts the run, which goes on when it is enlarged",
  CASE,
  async () => {
    await withVolumeOf("20m", async (resize) => {
      const run = await federation.begin({ gate: "." });
      await run.fails(
        new RegExp(
          `^run ${run.id} was interrupted after 0 of 3 rounds: before round 1: the run needs 31\\.5 MiB for checkpoints and a model of 15\\.3 MiB, and 1\\d\\.\\d of 20\\.0 MiB are free.* — enlarge the volume: pulumi config set storage 4[01]Mi, then `,
        ),
      );
      await resize("40m");
      const again = await run.followedAgain();
      await once(run, "work", "touch work/1");
      const filler = join(dirname(await federation.volume()), "filler");
      await once(run, "checkpoint-*", `fallocate -l 16m ${filler}; touch work/2 work/3`);
      await again.fails(
        new RegExp(
          `^run ${run.id} was interrupted after [23] of 3 rounds: round [23]: the volume is full \\(.* of 40\\.0 MiB are free\\): run ${run.id} takes .* — enlarge the volume: pulumi config set storage 80Mi, then `,
        ),
      );
      const kept = await federation.inNode("ls", "-A", await run.folder());
      expect(kept.match(/^checkpoint-/gm)).toHaveLength(1);
      await resize("200m");
      const enlarged = Date.now();
      await (await run.followedAgain()).ends(calm);
      figures("volume full, enlarged", enlarged, { "`up` ended": Date.now() });
    });
  },
);
