import { readFileSync } from "node:fs";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect, test } from "vitest";

import { fitted, valuesOf } from "../../../cli/recordedSettings.ts";
import { repeat, repeatAnswer } from "../../../cli/verbs/repeat.ts";
import type { RunRecord } from "../../../contract/record.ts";
import { originOf } from "../../../components/origin.ts";
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
  threads: { server: 1, client: 2 },
  buildArgs: ["HTTPS_PROXY", "PIP_INDEX_URL"],
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
    "pulumi config rm image",
    "pulumi config set platform linux/amd64",
    "pulumi config rm gpus",
    "pulumi config rm --path serverResources.cpu",
    "pulumi config set --path clientResources.cpu 2",
    "pulumi up",
    `# run ${RECORD.run} again, where app and engine have the sources 0f1e2d3c4b5a`,
    `# its model has the sha256 ${"ab".repeat(32)}`,
    "# the values of buildArgs HTTPS_PROXY, PIP_INDEX_URL are not recorded, as they may hold passwords: set them where this build needs them",
  ]);
  expect(answerMisfits("repeat", document)).toEqual([]);
});

/** Config of a stack in which the settings are set, as Pulumi hands it to the program. */
function configOf(record: RunRecord): Record<string, string> {
  const config = { ...projectDefaults() };
  for (const { key, value } of valuesOf(record)) {
    const [name = "", part] = key.split(".");
    if (value === null) continue;
    config[name] = part === undefined ? value : JSON.stringify({ [part]: value });
  }
  return config;
}

test("a stack that is set so has the run's settings, and so the run's id and threads", () => {
  const settings = readSettings(configOf(RECORD), "dev");
  const { run, runToken } = settings;
  expect(run).toEqual(SPEC);
  expect(runId({ sources: ORIGIN.sources, run, runToken })).toBe(RECORD.run);
  expect(originOf(settings, ORIGIN.sources)).toEqual({ ...ORIGIN, buildArgs: undefined });
});

test("an object that the stack has as one text keeps its other parts", () => {
  const values = [
    { key: "rounds", value: "3" },
    { key: "serverResources.cpu", value: null },
    { key: "clientResources.cpu", value: "2" },
  ];
  const config = {
    rounds: "5",
    serverResources: '{"cpu":"4","memory":"2Gi"}',
    clientResources: '{"memory":"1Gi"}',
  };
  expect(fitted(values, config)).toEqual([
    { key: "rounds", value: "3" },
    { key: "serverResources", value: '{"memory":"2Gi"}' },
    { key: "clientResources", value: '{"memory":"1Gi","cpu":"2"}' },
  ]);
  expect(fitted(values, { clientResources: { memory: "1Gi" } })).toEqual(values);
});

test("a run of a ready image gets that image and no platform of a build", () => {
  const sources = `ghcr.io/you/app@sha256:${"ab".repeat(32)}`;
  const values = valuesOf({ ...RECORD, origin: { ...ORIGIN, sources } });
  expect(values).toContainEqual({ key: "image", value: sources });
  expect(values).toContainEqual({ key: "platform", value: null });
});

test("a run on GPUs has its id again, though its record says native", () => {
  const sources = "0f1e2d3c4b5a";
  const run = runId({ sources, runToken: "", run: SPEC as unknown as RunSpec });
  const origin = { ...ORIGIN, runToken: "", gpus: 2 };
  const record = { ...RECORD, run, origin, spec: { ...SPEC, arithmetic: "native" } };
  expect(valuesOf(record)).toContainEqual({ key: "gpus", value: "2" });
  expect(repeatAnswer(record, null).document).toMatchObject({ whole: true });
});

test("a record without threads says that CPUs are not recorded", () => {
  const { app, runToken, sources } = ORIGIN;
  const origin = { app, runToken, sources };
  const { lines, document } = repeatAnswer({ ...RECORD, origin }, null);
  expect(lines.at(-1)).toBe(
    "# the record does not say how many CPUs the pods had: give them as many whole ones (clientResources, serverResources)",
  );
  expect(document).toMatchObject({ not_recorded: ["clientResources"] });
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
