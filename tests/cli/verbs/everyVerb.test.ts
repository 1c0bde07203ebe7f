import { execFile, spawn, type ChildProcess } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";

import { FakeCluster, type Page } from "../support/fakeCluster.ts";
import { pod, running } from "../support/objects.ts";
import { misfits } from "../support/schema.ts";

const PROGRAM = resolve("cli/kubeflower.mjs");
const MODEL = randomBytes(40 << 20);
const EVENTS = '{"time":"2026-11-25T12:00:00.000Z","kind":"started","text":"the server waits"}\n';
const ROUND =
  '{"round":1,"seconds":1,"loss":null,"accuracy":0.5,"replies":[0],"failures":[],"clients":{}}\n';
const RECORD = readFileSync("contract/examples/record.json");
const ID = "dec44c305616";
const RESULT = JSON.stringify({ run: ID, rounds: 1, modelSha256: sha256(MODEL) });
const KEPT = [
  "2026-11-25T10:00:01Z ── the client is pod 6f1, whose process began 2026-11-25T10:00:00Z",
  "2026-11-25T10:00:02Z gone",
  "2026-11-25T12:00:01Z ── the client is pod 7a2, whose process began 2026-11-25T12:00:00Z",
  "2026-11-25T12:00:02Z there",
  "",
].join("\n");
const FILES: Readonly<Record<string, Buffer>> = {
  "events.jsonl": Buffer.from(EVENTS),
  "logs/client-0.log": Buffer.from(KEPT),
  "metrics.jsonl": Buffer.from(ROUND),
  "model.safetensors": MODEL,
  "result.json": Buffer.from(RESULT),
  "run.json": RECORD,
};
let folder: string;
let cluster: FakeCluster;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "verbs-"));
  cluster = await FakeCluster.start(folder);
  // The first call makes the bundle.
  await kubeflower("--help");
}, 60_000);

afterAll(() => {
  cluster.close();
  rmSync(folder, { recursive: true });
});

beforeEach(() => {
  cluster.pods = [];
  cluster.refused = {};
  cluster.closed = undefined;
  cluster.logs = { "flower-server-7d9-x": "2026-11-25T12:00:00Z started\n" };
  cluster.page = () => undefined;
});

function sha256(data: Buffer): string {
  return createHash("sha256").update(data).digest("hex");
}

/** Pages of a server whose run has the status of an example, with the files of a completed run. */
function pages(example: string): Page {
  return (path, request) => {
    if (path === "/status") return { body: readFileSync(`contract/examples/${example}.json`) };
    if (path === "/runs") return { body: readFileSync("contract/examples/runs.json") };
    if (path === "/stop") return { code: 409, body: "it is completed\n" };
    if (path === `/files/${ID}`) {
      const files = Object.entries(FILES).map(([name, data]) => ({
        path: name,
        bytes: data.length,
        sha256: sha256(data),
      }));
      return { body: JSON.stringify({ schema_version: 1, run: ID, files, left_out: [] }) };
    }
    const data = FILES[path.replace(`/files/${ID}/`, "")];
    if (data === undefined) return { code: 404, body: "there is no such file\n" };
    const [, first = "0", last = ""] =
      /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? "") ?? [];
    return {
      code: 206,
      body: data.subarray(Number(first), last === "" ? undefined : Number(last) + 1),
    };
  };
}

const PLACE = ["--context", "lab", "--namespace", "kubeflower"];

function kubeflower(...args: string[]): Promise<{ code: number; out: string; error: string }> {
  const env = { ...process.env, KUBECONFIG: join(folder, "config") };
  return new Promise((done) => {
    execFile(process.execPath, [PROGRAM, ...args], { cwd: folder, env }, (fault, out, error) => {
      done({ code: fault === null ? 0 : Number(fault.code), out, error });
    });
  });
}

test("each verb shows a running server by a document of its schema", async () => {
  cluster.run();
  cluster.page = pages("status");
  const verbs = [["status"], ["events"], ["logs", "all"], ["runs"], ["diff", "dec", "dec"]];
  for (const args of verbs) {
    const { code, out, error } = await kubeflower(...args, ...PLACE, "--json");
    expect([args, code, error]).toEqual([args, 0, ""]);
    expect(misfits(args[0] ?? "", JSON.parse(out))).toEqual([]);
  }
  const { out } = await kubeflower("status", ...PLACE);
  expect(out).toMatch(/^state +running$/m);
});

test("a run that has failed ends the status with 1", async () => {
  cluster.run();
  cluster.page = pages("status-failed");
  expect((await kubeflower("status", ...PLACE)).code).toBe(1);
});

test("a federation without a server, or without its namespace, ends with 2", async () => {
  const [status, results, none] = await Promise.all([
    kubeflower("status", ...PLACE, "--json"),
    kubeflower("results", ...PLACE, "--json"),
    kubeflower("stop", "--context", "lab", "--namespace", "none", "--json"),
  ]);
  for (const { code, out } of [status, results, none]) {
    expect(code).toBe(2);
    expect(misfits("error", JSON.parse(out))).toEqual([]);
  }
  expect(status.out).toContain("no flower-server is in namespace kubeflower");
  expect(results.out).toContain("and there is no volume with runs");
  expect(none.out).toContain("namespace none does not exist");
});

test.each(["/pods", "portforward"])(
  "a refusal of %s ends with 2 and names the right",
  async (part) => {
    cluster.run();
    cluster.page = pages("status");
    cluster.refused = { [part]: 403 };
    const { code, out } = await kubeflower("runs", ...PLACE, "--json");
    expect([code, (JSON.parse(out) as { code: string }).code]).toEqual([2, "refused"]);
  },
);

test("a server whose program does not listen yet is waited for, in plain words", async () => {
  cluster.run();
  cluster.closed =
    'error forwarding port 8081 to pod eb02b3, uid : failed to execute portforward in network namespace "/var/run/netns/cni-4313": failed to connect to localhost:8081: dial tcp4 127.0.0.1:8081: connect: connection refused';
  const { code, error } = await kubeflower("status", ...PLACE);
  expect([code, error.trim()]).toEqual([
    1,
    "waiting for the server: the program of pod flower-server-7d9-x does not answer yet — see: kubectl -n kubeflower logs flower-server-7d9-x",
  ]);
});

test("logs are of the container before a restart, too, and go into files", async () => {
  cluster.run();
  cluster.page = pages("status");
  cluster.logs = { "flower-client-1": "2026-11-25T12:00:00Z now\n" };
  expect((await kubeflower("logs", "client", "1", ...PLACE)).out).toBe("before\nnow\n");
  expect((await kubeflower("logs", "client", "7", ...PLACE)).code).toBe(1);
  const out = join(folder, "logs");
  expect((await kubeflower("logs", "all", "--out", out, ...PLACE)).code).toBe(0);
  expect(readdirSync(out).sort()).toEqual([
    "flower-client-0.kept.log",
    "flower-client-0.log",
    "flower-client-1.log",
    "flower-client-1.previous.log",
    "flower-server-7d9-x.log",
  ]);
});

test("lines of a pod that is gone are there, beside those of its replacement and without it", async () => {
  cluster.run();
  cluster.page = pages("status");
  const [server = running("flower-server-7d9-x")] = cluster.pods;
  const started = { running: { startedAt: "2026-11-25T11:59:59Z" } };
  cluster.pods = [server, pod("flower-client-0", { state: started })];
  cluster.logs = { "flower-client-0": "2026-11-25T12:00:02.1Z there\n" };
  const logs = async (...rest: string[]) => (await kubeflower("logs", ...rest, ...PLACE)).out;
  expect((await logs("client", "0")).split("\n").map((line) => line.slice(0, 40))).toEqual([
    "flower-client-0 (gone) | ── the client i",
    "flower-client-0 (gone) | gone",
    "flower-client-0        | there",
    "",
  ]);
  const kept = KEPT.replaceAll(/^\S+ /gm, "");
  expect(await logs("client", "0", "--run", "dec")).toBe(
    `── kept by the server with run ${ID}\n${kept}`,
  );
  cluster.pods = [server];
  expect(await logs("client", "0")).toBe(`── kept by the server with run ${ID}\n${kept}`);
  const { code, error } = await kubeflower("logs", "client", "0", "--since", "9s", ...PLACE);
  expect(code).toBe(1);
  expect(error).toContain(
    `no pod of client 0 is in namespace kubeflower, and the server keeps no line of client 0 with run ${ID} of the last 9 s`,
  );
});

test("logs of pods are shown though the server is not reached", async () => {
  cluster.run();
  cluster.refused = { portforward: 403 };
  cluster.logs = { "flower-client-0": "2026-11-25T12:00:00Z now\n" };
  const { code, out } = await kubeflower("logs", "client", "0", ...PLACE);
  expect(code).toBe(0);
  expect(out).toMatch(/^── lines of pods that are gone are not known: port-forward .*\nnow\n$/);
  const { out: document } = await kubeflower("logs", "client", "0", "--json", ...PLACE);
  expect(misfits("logs", JSON.parse(document))).toEqual([]);
});

test("results come whole though their download is killed three times at random", async () => {
  cluster.run();
  const out = join(folder, "killed");
  let have = 0;
  for (let kills = 0; kills < 3; kills += 1) {
    have += 1 + Math.floor(Math.random() * (8 << 20));
    cluster.page = stallingAt(have);
    const child = start("results", "--out", out, ...PLACE);
    while (largestIn(join(out, ".partial")) < have) await sleep(10);
    child.kill("SIGKILL");
    await new Promise((resolve) => child.once("exit", resolve));
  }
  cluster.page = pages("status-completed");
  expect(existsSync(join(out, "manifest.json"))).toBe(false);
  const { code, out: said } = await kubeflower("results", "--out", out, ...PLACE, "--json");
  expect(code, said).toBe(0);
  expect(misfits("results", JSON.parse(said))).toEqual([]);
  expect(readdirSync(join(out, "logs"))).toHaveLength(5);
  for (const [name, data] of Object.entries(FILES)) {
    expect(sha256(readFileSync(join(out, name)))).toBe(sha256(data));
  }
  expect((await kubeflower("verify", out)).code).toBe(0);
});

/** Pages of a server that stalls at a byte of the model. */
function stallingAt(end: number): Page {
  const page = pages("status-completed");
  return (path, request) => {
    const reply = page(path, request);
    const [, first] = /^bytes=(\d+)-/.exec(request.headers.range ?? "") ?? [];
    if (reply === undefined || first === undefined || !path.endsWith("safetensors")) return reply;
    return { code: 206, body: MODEL.subarray(Number(first), end), stalls: true };
  };
}

/** Bytes of the largest file in a folder; 0 when there is none. */
function largestIn(partial: string): number {
  const names = existsSync(partial) ? readdirSync(partial) : [];
  return Math.max(
    0,
    ...names.map((name) => statSync(join(partial, name), { throwIfNoEntry: false })?.size ?? 0),
  );
}

test("Ctrl-C ends a download with 130, and says that it goes on", async () => {
  cluster.run();
  cluster.page = stallingAt(1 << 20);
  const out = join(folder, "stopped");
  const child = start("results", "--out", out, ...PLACE);
  let said = "";
  child.stderr?.on("data", (part: Buffer) => (said += part.toString()));
  while (largestIn(join(out, ".partial")) < 1 << 20) await sleep(10);
  child.kill("SIGINT");
  const code = await new Promise((done) => child.once("close", done));
  expect(code, said).toBe(130);
  expect(said).toMatch(/stopped at .* of .* — the same command goes on from there\n$/);
});

function start(...args: string[]): ChildProcess {
  const env = { ...process.env, KUBECONFIG: join(folder, "config") };
  return spawn(process.execPath, [PROGRAM, ...args], { cwd: folder, env });
}
