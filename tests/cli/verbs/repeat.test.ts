import { readFileSync } from "node:fs";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect, test } from "vitest";

import { repeat, repeatAnswer, valuesOf } from "../../../cli/verbs/repeat.ts";
import type { RunRecord } from "../../../contract/record.ts";
import { readSettings } from "../../../settings/read.ts";
import { runId } from "../../../settings/runId.ts";
import type { RunSpec } from "../../../settings/table.ts";
import { projectDefaults } from "../../support/stackConfig.ts";
import { answerMisfits } from "../support/schema.ts";

const EXAMPLE = JSON.parse(readFileSync("contract/examples/record.json", "utf8")) as RunRecord;
const ORIGIN = {
  app: "app/vision",
  base: "python:3.12-slim",
  runToken: "it's 2",
  sources: "0f1e2d3c4b5a",
};
const SPEC = { ...EXAMPLE.spec, rounds: 3, runConfig: { partitioning: "dirichlet" } };
const RECORD: RunRecord = {
  ...EXAMPLE,
  spec: SPEC,
  origin: ORIGIN,
  run: runId({
    sources: ORIGIN.sources,
    runToken: ORIGIN.runToken,
    run: SPEC as unknown as RunSpec,
  }),
};

test("a record is commands that set a stack, with the digest to expect", () => {
  const { document, lines } = repeatAnswer(RECORD, "ab".repeat(32));
  expect(lines).toEqual([
    "pulumi config set rounds 3",
    "pulumi config set clients 2",
    "pulumi config set min 2",
    "pulumi config set replicas 2",
    "pulumi config set quorum 2",
    "pulumi config set seed 42",
    "pulumi config set arithmetic portable",
    "pulumi config set roundTimeout 600",
    `pulumi config set runConfig '{"partitioning":"dirichlet"}'`,
    "pulumi config set app app/vision",
    "pulumi config set base python:3.12-slim",
    `pulumi config set runToken 'it'\\''s 2'`,
    "pulumi up",
    `# run ${RECORD.run} again, where app and engine have the sources 0f1e2d3c4b5a`,
    `# its model has the sha256 ${"ab".repeat(32)}`,
    "# give the pods as many whole CPUs as they had (clientResources, serverResources)",
  ]);
  expect(answerMisfits("repeat", document)).toEqual([]);
});

test("a stack that is set so has the run's settings, and so the run's id", () => {
  const set = valuesOf(RECORD).flatMap(({ key, value }) => (value === null ? [] : [[key, value]]));
  const raw = { ...projectDefaults(), ...(Object.fromEntries(set) as Record<string, string>) };
  const { run, runToken } = readSettings(raw, "dev");
  expect(run).toEqual(SPEC);
  expect(runId({ sources: ORIGIN.sources, run, runToken })).toBe(RECORD.run);
});

test("a record without its origin is told to give another id", () => {
  const { lines } = repeatAnswer({ ...RECORD, origin: null }, null);
  expect(lines).toContain(
    `# another id than ${RECORD.run}: its record does not say where it comes from`,
  );
  expect(lines).toContain("pulumi config rm runToken");
});

test("a folder without a record is refused, a record is read from its file", async () => {
  const folder = await mkdtemp(join(tmpdir(), "repeat-"));
  await expect(repeat(folder, false)).rejects.toThrow(`${folder} has no run.json that can be read`);
  await writeFile(join(folder, "run.json"), JSON.stringify(RECORD));
  expect((await repeat(folder, false)).document).toMatchObject({ run: RECORD.run, whole: true });
});
