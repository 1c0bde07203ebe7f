import { mkdtemp, readFile, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect, test } from "vitest";

import { manifestOf, manifestText } from "../../../cli/results/manifest.ts";
import { report } from "../../../cli/verbs/report.ts";
import { EXAMPLE } from "../page/support/exampleRound.ts";
import { RECORD } from "../page/support/exampleRuns.ts";
import { answerMisfits } from "../support/schema.ts";

async function results(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "report-"));
  await writeFile(join(folder, "manifest.json"), manifestText(manifestOf("ab12", "failed", [])));
  await writeFile(join(folder, "run.json"), JSON.stringify({ ...RECORD, run: "ab12" }));
  await writeFile(join(folder, "metrics.jsonl"), `${JSON.stringify(EXAMPLE)}\n{"torn`);
  await writeFile(join(folder, "failed.json"), '{"reason": "round 2: no memory"}');
  await writeFile(join(folder, "failed-round.json"), JSON.stringify({ ...EXAMPLE, round: 2 }));
  return folder;
}

test("the page of fetched results is written into a file, without a cluster", async () => {
  const folder = await results();
  const out = join(folder, "deep", "page.html");
  const { document, lines } = await report({ out }, folder);
  const { size } = await stat(out);
  expect(document).toEqual({ run: "ab12", state: "failed", file: out, bytes: size });
  expect(answerMisfits("report", document)).toEqual([]);
  expect(lines).toHaveLength(1);
  const text = await readFile(out, "utf8");
  expect(text).toContain("round 2: no memory");
  expect(text).toContain("ValueError: no data");
  expect(text).toContain(">2: failed</text>");
});

test("a folder without results, and results that should be live, are refused", async () => {
  const empty = await mkdtemp(join(tmpdir(), "report-"));
  await expect(report({}, empty)).rejects.toThrow(
    `${empty} has no manifest.json — name a folder that \`kubeflower results\` has filled, or the id of a run`,
  );
  const folder = await results();
  await expect(report({ live: true }, folder)).rejects.toThrow(
    `${folder} is a folder of results, which do not change — leave out --live`,
  );
});
