import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect, test } from "vitest";

import { fetchResults } from "../../../cli/results/fetch.ts";
import { textDigest } from "../../../cli/results/fileDigest.ts";
import { Progress } from "../../../cli/results/progress.ts";
import { verify } from "../../../cli/verbs/verify.ts";
import { MemorySource } from "../support/memorySource.ts";
import { answerMisfits } from "../support/schema.ts";

const MODEL = "model";
const RESULT = { run: "ab12", rounds: 1, modelSha256: textDigest(MODEL) };
const FILES = {
  "model.safetensors": MODEL,
  "result.json": `${JSON.stringify(RESULT)}\n`,
  "run.json": '{"run":"ab12"}\n',
  "metrics.jsonl": '{"round":1,"seconds":1,"replies":[0],"failures":[],"clients":{}}\n',
  "work/a.txt": "a",
};

async function fetched(files: Readonly<Record<string, string>> = {}): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "results-"));
  const progress = new Progress(null);
  const source = new MemorySource({ ...FILES, ...files });
  await fetchResults({ source, run: "ab12", state: "completed", live: false, folder, progress });
  return folder;
}

/** Verifies a folder; returns exit code and the paths with their kinds. */
async function found(folder: string): Promise<[number, string[]]> {
  const { document, code = 0 } = await verify(folder);
  expect(answerMisfits("verify", document)).toEqual([]);
  const { findings } = document as { findings: { path: string; kind: string }[] };
  return [code, findings.map(({ path, kind }) => `${path} ${kind}`)];
}

test("results as they were fetched are good", async () => {
  const folder = await fetched();
  const { lines, code } = await verify(folder);
  expect(code).toBe(0);
  expect(lines).toEqual(["run ab12: all 6 files are as they were fetched, and fit together"]);
});

test("a flipped byte in each file is found by the file's name", async () => {
  const names = ["metrics.csv", ...Object.keys(FILES)];
  for (const name of names) {
    const folder = await fetched();
    const file = join(folder, name);
    const data = await readFile(file);
    const place = Math.floor(data.length / 2);
    data[place] = (data[place] ?? 0) ^ 1;
    await writeFile(file, data);
    const [code, findings] = await found(folder);
    expect(code).toBe(1);
    expect(findings[0]).toBe(`${name} changed`);
  }
});

test("each flipped byte of the manifest is found by its name", async () => {
  const folder = await fetched();
  const file = join(folder, "manifest.json");
  const whole = await readFile(file);
  for (let place = 0; place < whole.length; place += 7) {
    const data = Buffer.from(whole);
    data[place] = (data[place] ?? 0) ^ 1;
    await writeFile(file, data);
    const said = await verify(folder).then(
      ({ lines }) => lines[0],
      (fault: unknown) => (fault as Error).message,
    );
    expect(said).toContain("manifest.json");
  }
});

test("missing and extra files are told", async () => {
  const folder = await fetched();
  await rm(join(folder, "work/a.txt"));
  await writeFile(join(folder, "work/b.txt"), "");
  expect(await found(folder)).toEqual([1, ["work/a.txt missing", "work/b.txt extra"]]);
});

test.each([
  ["result.json", JSON.stringify({ ...RESULT, modelSha256: textDigest("other") })],
  ["result.json", JSON.stringify({ ...RESULT, run: "cd34" })],
  ["run.json", '{"run":"cd34"}'],
])("a %s that does not fit the other files is a contradiction", async (name, content) => {
  expect(await found(await fetched({ [name]: content }))).toEqual([1, [`${name} contradiction`]]);
});

test("rounds that the result does not have are a contradiction", async () => {
  const result = JSON.stringify({ ...RESULT, rounds: 2 });
  expect(await found(await fetched({ "result.json": result }))).toEqual([
    1,
    ["metrics.jsonl contradiction"],
  ]);
});

test("a folder without a manifest is told what it should be", async () => {
  const folder = await mkdtemp(join(tmpdir(), "results-"));
  await expect(verify(folder)).rejects.toThrow(
    `${folder} has no manifest.json — name a folder that \`kubeflower results\` has filled`,
  );
});
