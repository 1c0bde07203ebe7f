import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import { DATA_FOLDER } from "../../contract/names.ts";
import { misfits } from "../cli/support/schema.ts";
import { KeptStack } from "./kept/support/keptStack.ts";
import { flip } from "./support/flip.ts";
import { TinyRun } from "./support/tinyRun.ts";
import { until } from "./support/until.ts";

const MINUTE = 60_000;
const CASE = { timeout: 10 * MINUTE };
const PROGRAM = ["cli/kubeflower.mjs"];
/** Bytes of a file that the app has left: enough that a download can be killed on its way. */
const BIG = 200 << 20;
let kept: KeptStack;
/** The second run. */
let run: TinyRun;

beforeAll(async () => {
  kept = await KeptStack.make("results");
}, 45 * MINUTE);

afterAll(() => kept.checkout.remove(), 5 * MINUTE);

/** Runs a `kubeflower` verb in the folder of the stack, whose place it finds itself. */
async function kubeflower(...args: string[]): Promise<{ code: number; said: string }> {
  return kept.checkout.ended(process.execPath, [...PROGRAM, ...args], 5);
}

/** Runs a verb that must succeed; returns its document, which fits its schema. */
async function document<T>(verb: string, ...args: string[]): Promise<T> {
  const { code, said } = await kubeflower(verb, ...args, "--json");
  expect(code, said).toBe(0);
  const found = JSON.parse(said.split("\n").find((line) => line.startsWith("{")) ?? "") as object;
  expect(misfits(verb, found)).toEqual([]);
  return found as T;
}

/** Path of results in the checkout. */
function results(...names: string[]): string {
  return join(kept.checkout.sources, "results", ...names);
}

test(
  "a run that goes on is shown with its clients, events, logs and results so far",
  CASE,
  async () => {
    const { checkout } = kept;
    await checkout.set({ wait: "false", rounds: "3", clients: "2" });
    await kept.setRunConfig("hold", "2");
    expect((await kept.up()).code).toBe(0);
    run = new TinyRun(checkout, (await checkout.result()).id);
    await run.holds(2);
    const status = await document<{
      run: string;
      state: string;
      clients: { pod: string; node: string; doing: string }[];
      server: { node: string };
    }>("status");
    expect(status).toMatchObject({ run: run.id, state: "running" });
    expect(status.clients.map(({ pod }) => pod)).toEqual(["flower-client-0", "flower-client-1"]);
    for (const { doing, node } of status.clients) {
      expect([doing, node]).toEqual(["idle", status.server.node]);
    }
    const { events } = await document<{ events: { source: string; kind: string; time: string }[] }>(
      "events",
    );
    const own = events.filter(({ source }) => source === "run").map(({ kind }) => kind);
    expect([own[0], own.at(-1)]).toEqual(["started", "round"]);
    expect(own.filter((kind) => kind === "joined").length).toBeGreaterThanOrEqual(2);
    expect(events.map(({ kind }) => kind)).toContain("Started");
    expect(events.map(({ time }) => time)).toEqual(events.map(({ time }) => time).sort());
    expect((await kubeflower("logs", "server", "--since", "1h")).said).toContain(
      "holds in round 2",
    );
    const all = (await kubeflower("logs", "all")).said;
    expect(all).toMatch(/^flower-client-1 +\| /m);
    expect(all).toMatch(/^flower-server-\S+ +\| holds in round 2$/m);
    const out = results("early");
    const early = await document<{ left_out: { reason: string }[] }>("results", "--out", out);
    expect(new Set(early.left_out.map(({ reason }) => reason))).toEqual(
      new Set(["the run still goes on"]),
    );
  },
);

test("lines of a client that was killed are there beside its replacement's", CASE, async () => {
  const { checkout } = kept;
  const line = `client 0: run ${run.id}`;
  await checkout.kubectl("delete", "pod", "flower-client-0", "--grace-period=0", "--force");
  await until("replacement of the client", async () => {
    const log = await checkout.kubectl("logs", "flower-client-0").catch(() => "");
    return log.includes(line) || undefined;
  });
  const { said } = await kubeflower("logs", "client", "0");
  expect(said.split("\n").filter((one) => one.endsWith(line))).toEqual([
    `flower-client-0 (gone) | ${line}`,
    `flower-client-0        | ${line}`,
  ]);
});

test(
  "results come whole though their download is killed at random, again and again",
  CASE,
  async () => {
    const { checkout } = kept;
    const work = `${DATA_FOLDER}/runs/${run.id}/work`;
    const make = `import os; open('${work}/big', 'wb').write(os.urandom(${BIG}))`;
    await checkout.kubectl("exec", "deploy/flower-server", "--", "python3", "-c", make);
    await run.goOn(2);
    expect((await kubeflower("follow", "--run", run.id)).code).toBe(0);
    const folder = results(run.id);
    for (let kills = 0; kills < 3; kills += 1) await killOnItsWay(folder);
    const fetched = await document<{
      files: { path: string; sha256: string }[];
      left_out: unknown[];
    }>("results");
    expect(fetched.left_out).toEqual([]);
    const paths = fetched.files.map(({ path }) => path);
    for (const name of ["flower-client-1", "client-0", "client-1", "server"]) {
      expect(paths).toContain(`logs/${name}.log`);
    }
    expect(paths.filter((path) => !path.startsWith("logs/"))).toEqual([
      ...["events.jsonl", "metrics.csv", "metrics.jsonl", "model.safetensors"],
      ...["partitions.json", "report.html", "result.json", "run.json", "work/big", "work/go-on-2"],
    ]);
    const sums = await checkout.kubectl(
      "exec",
      "deploy/flower-server",
      "--",
      "sha256sum",
      `${work}/big`,
    );
    const big = createHash("sha256")
      .update(await readFile(join(folder, "work/big")))
      .digest("hex");
    expect(sums.startsWith(big)).toBe(true);
    // The page is of this run, with the times of its clients, and so is the one from the volume.
    const other = join(checkout.sources, "page.html");
    await document("report", run.id, "--out", other);
    for (const page of [join(folder, "report.html"), other]) {
      const text = await readFile(page, "utf8");
      expect(text).toContain(run.id);
      expect(text).toContain("Timeline of 2 clients, rounds 1 to 3");
    }
    // A second time nothing comes.
    expect((await document<{ already: number }>("results")).already).toBe(11);
  },
);

test(
  "logs of a run are there without its pods, and so are those of an earlier run",
  CASE,
  async () => {
    const { checkout, first } = kept;
    const scale = (replicas: number): Promise<string> =>
      checkout.kubectl("scale", "statefulset/flower-client", `--replicas=${replicas}`);
    await scale(0);
    try {
      await checkout.kubectl("wait", "--for=delete", "pod/flower-client-0", "--timeout=60s");
      const here = await document<{ run: string; logs: { kept: boolean; lines: string[] }[] }>(
        ...["logs", "client", "0"],
      );
      expect([here.run, here.logs.map(({ kept: isKept }) => isKept)]).toEqual([run.id, [true]]);
      const told = here.logs[0]?.lines.filter((line) => line.endsWith(`client 0: run ${run.id}`));
      expect(told).toHaveLength(2);
      const { said } = await kubeflower("logs", "client", "0", "--run", first.id.slice(0, 6));
      expect(said).toContain(`── kept by the server with run ${first.id}\n`);
      expect(said).toContain(`client 0: run ${first.id}\n`);
    } finally {
      await scale(2);
    }
  },
);

/** Starts a download, and kills it once some more of the big file is here. */
async function killOnItsWay(folder: string): Promise<void> {
  const { sources, env } = kept.checkout;
  const before = partialBytes(folder);
  const child = spawn(process.execPath, [...PROGRAM, "results"], {
    cwd: sources,
    env,
    stdio: "ignore",
  });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  const enough = before + (BIG >> 4) + Math.floor(Math.random() * (BIG >> 4));
  await until("part of a download", async () => {
    expect(child.exitCode).toBe(null);
    return Promise.resolve(partialBytes(folder) > enough || undefined);
  });
  child.kill("SIGKILL");
  await ended;
  expect(existsSync(join(folder, "manifest.json"))).toBe(false);
}

/** Bytes of the largest file that is not whole yet. */
function partialBytes(folder: string): number {
  const partial = join(folder, ".partial");
  const names = existsSync(partial) ? readdirSync(partial) : [];
  // A small file may be whole, and have its name, by now.
  const size = (name: string): number =>
    statSync(join(partial, name), { throwIfNoEntry: false })?.size ?? 0;
  return Math.max(0, ...names.map(size));
}

test(
  "fetched results are verified, and a flipped byte is found by its file's name",
  CASE,
  async () => {
    const folder = results(run.id);
    expect((await kubeflower("verify", folder)).code).toBe(0);
    const { files } = JSON.parse(await readFile(join(folder, "manifest.json"), "utf8")) as {
      files: { path: string; bytes: number }[];
    };
    const flipped = files.filter(({ bytes }) => bytes > 0).map(({ path }) => path);
    expect(flipped.length).toBeGreaterThan(8);
    for (const path of [...flipped, "manifest.json"]) {
      await flip(join(folder, path));
      const { code, said } = await kubeflower("verify", folder);
      expect([path, code]).toEqual([path, 1]);
      // A byte may also end what JSON can read.
      expect([path, said]).toEqual([
        path,
        expect.stringMatching(`${path}(: changed| is no manifest)`),
      ]);
      await flip(join(folder, path));
    }
    await flip(join(folder, "model.safetensors"));
    expect((await kubeflower("results")).code).toBe(0);
    await document("verify", folder);
  },
);

test("runs are listed, compared and repeated", CASE, async () => {
  const { checkout, first } = kept;
  const listed = await document<{ current: string; runs: { id: string }[] }>("runs");
  expect(listed.current).toBe(run.id);
  expect(listed.runs.map(({ id }) => id)).toEqual([first.id, run.id]);
  const difference = await document<{ settings: { key: string }[]; same_model: boolean }>(
    ...["diff", first.id, results(run.id)],
  );
  expect(difference.same_model).toBe(false);
  expect(difference.settings.map(({ key }) => key)).toEqual(
    expect.arrayContaining(["rounds", "clients"]),
  );
  // Other settings, and then those of the record again.
  await checkout.set({ rounds: "7", runToken: "other" });
  await kept.setRunConfig("hold", "");
  const repeated = await document<{ whole: boolean; model_sha256: string }>(
    ...["repeat", results(run.id), "--set"],
  );
  expect(repeated.whole).toBe(true);
  expect((await kept.up()).code).toBe(0);
  const again = await checkout.result();
  expect([again.id, again.modelSha256]).toEqual([run.id, repeated.model_sha256]);
});

test("a run that is stopped keeps its round, and goes on to the same model", CASE, async () => {
  const { checkout } = kept;
  const { modelSha256 } = await checkout.result();
  await checkout.set({ runToken: "stopped" });
  expect((await kept.up()).code).toBe(0);
  const stopped = new TinyRun(checkout, (await checkout.result()).id);
  await stopped.holds(2);
  const stop = document("stop");
  await until("order to stop", async () => {
    const log = await checkout.kubectl("logs", "deploy/flower-server");
    return log.includes("the run stops after round 2") || undefined;
  });
  await stopped.goOn(2);
  expect(await stop).toMatchObject({ run: stopped.id, state: "stopped", rounds: 2 });
  await checkout.set({ wait: "true" });
  expect((await kept.up()).said).toContain("the run goes on after round 2");
  expect(await checkout.result()).toMatchObject({ id: stopped.id, rounds: 3, modelSha256 });
});

test("a federation that is not there, a context that is not there, and a wrong verb are told apart", async () => {
  for (const verb of ["status", "runs", "results", "events", "logs"]) {
    const { code, said } = await kubeflower(verb, "--namespace", "none", "--json");
    expect([verb, code]).toEqual([verb, 2]);
    expect(misfits("error", JSON.parse(said))).toEqual([]);
    expect(said).toContain("namespace none does not exist");
  }
  const elsewhere = await kubeflower("runs", "--context", "nowhere", "--json");
  expect(elsewhere.code).toBe(2);
  expect(misfits("error", JSON.parse(elsewhere.said))).toEqual([]);
  expect((await kubeflower("logs", "nobody")).code).toBe(64);
});
