import { createHash, randomBytes, randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect, test } from "vitest";

import { fetchResults, type Fetched } from "../../../cli/results/fetch.ts";
import { manifestIn } from "../../../cli/results/manifest.ts";
import { Progress } from "../../../cli/results/progress.ts";
import { findings } from "../../../cli/results/verify.ts";
import { MemorySource } from "../support/memorySource.ts";
import { misfits } from "../support/schema.ts";

const MODEL = randomBytes(100_000);
const ROUND = {
  round: 1,
  seconds: 2,
  loss: null,
  accuracy: 0.5,
  replies: [0],
  failures: [],
  clients: {},
};

function source(): MemorySource {
  return new MemorySource({
    "model.safetensors": MODEL,
    "metrics.jsonl": `${JSON.stringify(ROUND)}\n`,
    "work/deep/a.txt": "a",
    "work/empty": "",
    "work/empty too": "",
  });
}

function newFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), "results-"));
}

function fetch(from: MemorySource, folder: string, rest: object = {}): Promise<Fetched> {
  return fetchResults({
    source: from,
    run: "ab12",
    state: "completed",
    live: false,
    folder,
    progress: new Progress(null),
    sleep: () => Promise.resolve(),
    ...rest,
  });
}

test("all files of a run come, with a table of its metrics and a manifest", async () => {
  const folder = await newFolder();
  const { manifest, already, left_out } = await fetch(source(), folder);
  expect([already, left_out]).toEqual([0, []]);
  expect(manifest.files.map(({ path }) => path)).toEqual([
    ...["metrics.csv", "metrics.jsonl", "model.safetensors"],
    ...["work/deep/a.txt", "work/empty", "work/empty too"],
  ]);
  expect(
    misfits("manifest", JSON.parse(await readFile(join(folder, "manifest.json"), "utf8"))),
  ).toEqual([]);
  expect(await readFile(join(folder, "model.safetensors"))).toEqual(MODEL);
  expect(await readFile(join(folder, "metrics.csv"), "utf8")).toBe(
    "round,seconds,loss,accuracy,replies,failures\r\n1,2,,0.5,1,0\r\n",
  );
  expect(existsSync(join(folder, ".partial"))).toBe(false);
});

test("the page of the run is one of its files; one that cannot be made is left out", async () => {
  const folder = await newFolder();
  const { manifest } = await fetch(source(), folder, { page: () => Promise.resolve("<p>") });
  expect(manifest.files.map(({ path }) => path)).toContain("report.html");
  expect(await readFile(join(folder, "report.html"), "utf8")).toBe("<p>");
  const page = (): Promise<string> => Promise.reject(new Error("no library"));
  const without = await fetch(source(), folder, { page });
  expect(without.manifest.files.map(({ path }) => path)).not.toContain("report.html");
  expect(without.left_out).toEqual([
    { path: "report.html", reason: "it cannot be made: no library" },
  ]);
  expect(existsSync(join(folder, "report.html"))).toBe(false);
});

test("files that are here are not fetched again, a damaged one is", async () => {
  const folder = await newFolder();
  await fetch(source(), folder);
  const again = source();
  expect((await fetch(again, folder)).already).toBe(5);
  expect(again.bytes).toBe(0);
  await writeFile(join(folder, "work/deep/a.txt"), "b");
  expect((await fetch(again, folder)).already).toBe(4);
  expect(again.bytes).toBe(1);
});

test("a download that is killed again and again goes on where it stopped, to the same bytes", async () => {
  const folder = await newFolder();
  const from = source();
  let kills = 0;
  for (const at of [1000, 37_000, 90_000]) {
    from.before = (path, first) => {
      if (path === "model.safetensors" && first >= at) throw new Error("connection lost");
    };
    await expect(fetch(from, folder)).rejects.toThrow(
      "model.safetensors does not come (connection lost) — see `kubeflower status`; the same command goes on where it stopped",
    );
    kills += 1;
  }
  from.before = () => undefined;
  await fetch(from, folder);
  expect(kills).toBe(3);
  expect(await readFile(join(folder, "model.safetensors"))).toEqual(MODEL);
  const others = [...from.files.values()].reduce((sum, data) => sum + data.length, 0);
  expect(from.bytes).toBe(others);
});

test("a connection that breaks now and then is tried again, as long as bytes come", async () => {
  const from = source();
  let chunks = 0;
  from.before = () => {
    chunks += 1;
    if (chunks % 3 === 0) throw new Error("connection lost");
  };
  await fetch(from, await newFolder());
  expect(chunks).toBeGreaterThan(100);
});

test("a partial file that was damaged comes once more from its start", async () => {
  const folder = await newFolder();
  const from = source();
  from.before = (path, first) => {
    if (path === "model.safetensors" && first > 50_000) throw new Error("lost");
  };
  await expect(fetch(from, folder)).rejects.toThrow("lost");
  const [partial = ""] = (await readdir(join(folder, ".partial"))).filter((name) => name !== "run");
  await writeFile(join(folder, ".partial", partial), randomBytes(60_000));
  from.before = () => undefined;
  await fetch(from, folder);
  expect(await readFile(join(folder, "model.safetensors"))).toEqual(MODEL);
});

test("a file that changes while it comes is taken as it is then", async () => {
  const from = source();
  from.before = (path) => {
    if (path !== "work/deep/a.txt") return;
    from.before = () => undefined;
    from.files.set(path, Buffer.from("changed"));
    from.files.delete("work/empty");
    throw new Error("connection lost");
  };
  const folder = await newFolder();
  const { manifest } = await fetch(from, folder);
  expect(await readFile(join(folder, "work/deep/a.txt"), "utf8")).toBe("changed");
  expect(manifest.files.map(({ path }) => path)).toContain("work/deep/a.txt");
});

test("a file that never stops changing is left out and told", async () => {
  const from = source();
  from.before = (path) => {
    // No beginning of it may be the file as it was listed first.
    if (path === "work/deep/a.txt") from.files.set(path, Buffer.from(`b${randomUUID()}`));
  };
  const { left_out } = await fetch(from, await newFolder());
  expect(left_out).toEqual([{ path: "work/deep/a.txt", reason: "it changes while it is fetched" }]);
});

test("a run that goes on is fetched without checkpoints, and one that is over loses its old ones", async () => {
  const from = source();
  from.files.set("checkpoint-000000001", Buffer.from("1"));
  const folder = await newFolder();
  const live = await fetch(from, folder, { live: true });
  expect(live.left_out).toEqual([
    { path: "checkpoint-000000001", reason: "the run still goes on" },
  ]);
  await fetch(from, folder);
  expect(existsSync(join(folder, "checkpoint-000000001"))).toBe(true);
  from.files.delete("checkpoint-000000001");
  await fetch(from, folder);
  expect(existsSync(join(folder, "checkpoint-000000001"))).toBe(false);
});

test("no path of a server's list leads out of the folder", async () => {
  const from = source();
  from.files.set("../evil", Buffer.from("1"));
  from.files.set("manifest.json", Buffer.from("1"));
  const folder = await newFolder();
  const { left_out } = await fetch(from, folder);
  expect(left_out).toEqual([
    { path: "../evil", reason: "it leads elsewhere" },
    { path: "manifest.json", reason: "results has a file of that name itself" },
  ]);
  expect(existsSync(join(folder, "../evil"))).toBe(false);
});

test("a folder with other files or another run is left as it is", async () => {
  const folder = await newFolder();
  await writeFile(join(folder, "mine"), "");
  await expect(fetch(source(), folder)).rejects.toThrow(
    `${folder} holds other files — take a folder that is new, empty or of run ab12: --out <folder>`,
  );
  const other = await newFolder();
  await fetch(source(), other);
  await expect(fetch(source(), other, { run: "cd34" })).rejects.toThrow("holds run ab12");
  await expect(fetch(source(), await newFolder(), { run: "cd34" })).rejects.toThrow(
    "run cd34 is not on the volume — see `kubeflower runs`",
  );
});

test("logs of the pods come along; those of pods that are gone by the next time stay", async () => {
  const folder = await newFolder();
  const log = (name: string) => () => Promise.resolve([{ name, text: `${name}\n` }]);
  await fetch(source(), folder, { logs: log("flower-client-0.log") });
  const { manifest } = await fetch(source(), folder, { logs: log("flower-client-1.log") });
  const paths = manifest.files.map(({ path }) => path).filter((path) => path.startsWith("logs/"));
  expect(paths).toEqual(["logs/flower-client-0.log", "logs/flower-client-1.log"]);
  expect(await readFile(join(folder, "logs/flower-client-0.log"), "utf8")).toBe(
    "flower-client-0.log\n",
  );
  const refused = { logs: () => Promise.reject(new Error("pods/log is forbidden")) };
  const { left_out } = await fetch(source(), await newFolder(), refused);
  expect(left_out).toEqual([{ path: "logs", reason: "pods/log is forbidden" }]);
});

test("logs that the server keeps come beside those of the pods, each once", async () => {
  const folder = await newFolder();
  const from = source();
  from.files.set("logs/client-0.log", Buffer.from("2026-11-25T12:00:00Z gone\n"));
  const logs = () => Promise.resolve([{ name: "flower-client-0.log", text: "there\n" }]);
  for (const already of [0, 6]) {
    const fetched = await fetch(from, folder, { logs });
    expect([fetched.already, fetched.left_out]).toEqual([already, []]);
    const paths = fetched.manifest.files.map(({ path }) => path);
    expect(paths.filter((path) => path.startsWith("logs/"))).toEqual([
      "logs/client-0.log",
      "logs/flower-client-0.log",
    ]);
  }
  expect(await findings(folder, await manifestIn(folder), true)).toEqual([]);
});

test("the digests are those of the bytes", async () => {
  const { manifest } = await fetch(source(), await newFolder());
  expect(manifest.files.find(({ path }) => path === "model.safetensors")?.sha256).toBe(
    createHash("sha256").update(MODEL).digest("hex"),
  );
});
