import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

import type { RoundLine } from "../../../../contract/phase.ts";
import type { RunRecord } from "../../../../contract/record.ts";
import type { KeptRun, ModelResult, Status } from "../../../../contract/status.ts";
import type { RunEvent } from "../../../../cli/verbs/events.ts";
import type { Page, Reply } from "../../support/fakeCluster.ts";

/** Folder of the record of a real run. */
export const FOLDER = "tests/cli/page/record";

const text = (name: string): string => readFileSync(`${FOLDER}/${name}`, "utf8");
const lines = (name: string): string[] => text(name).trim().split("\n");
const record = JSON.parse(text("run.json")) as RunRecord;
const result = JSON.parse(text("result.json")) as ModelResult;
const rounds = lines("metrics.jsonl");

/** A server that does again what a real one did, up to a round. */
export class RecordedServer {
  /** Rounds that are finished. */
  finished = 0;
  isCompleted = false;

  /** Answers of its status port. */
  readonly page: Page = (path, request) => {
    if (path === "/status") return { body: JSON.stringify(this.#status()) };
    if (path === "/runs") return { body: JSON.stringify([this.#kept()]) };
    const files = this.#files();
    if (path === `/files/${record.run}`) return { body: listing(files) };
    const file = files[path.replace(`/files/${record.run}/`, "")];
    if (file === undefined) return { code: 404, body: "there is no such file\n" };
    return part(Buffer.from(file), request.headers.range ?? "");
  };

  #status(): Status {
    const history = rounds.slice(0, this.finished).map((line) => JSON.parse(line) as RoundLine);
    const all = [0, 1, 2, 3];
    const doing = this.isCompleted ? "idle" : "train";
    return {
      run: record.run,
      state: this.isCompleted ? "completed" : "running",
      reason: null,
      failure: null,
      warning: null,
      round: this.isCompleted ? this.finished : this.finished + 1,
      rounds: rounds.length,
      nodes: all,
      waitingFor: [],
      clients: all.map((partition) => ({ partition, doing, seconds: 1.2 })),
      elapsed: this.isCompleted ? null : 1.3,
      history,
      result: this.isCompleted ? result : null,
      policies: "enforced",
      unknownKey: false,
    };
  }

  #kept(): KeptRun {
    return {
      id: record.run,
      state: this.isCompleted ? "completed" : "unfinished",
      rounds: this.finished,
      accuracy: null,
      loss: null,
      modelSha256: null,
      reason: null,
      bytes: 10_000,
      started: record.started,
      ended: null,
      spec: record.spec,
    };
  }

  #files(): Readonly<Record<string, string>> {
    const events = lines("events.jsonl").filter((line) => this.#hasHappened(line));
    return {
      "run.json": text("run.json"),
      "metrics.jsonl": rounds
        .slice(0, this.finished)
        .map((line) => `${line}\n`)
        .join(""),
      "events.jsonl": events.map((line) => `${line}\n`).join(""),
      "partitions.json": this.finished === 0 ? "{}" : text("partitions.json"),
      ...(this.isCompleted ? { "result.json": text("result.json") } : {}),
    };
  }

  #hasHappened(line: string): boolean {
    const { kind, text: words } = JSON.parse(line) as RunEvent;
    const [, number = "0"] = /^round (\d+)/.exec(words) ?? [];
    return kind === "completed" ? this.isCompleted : Number(number) <= this.finished;
  }
}

function listing(files: Readonly<Record<string, string>>): string {
  const all = Object.entries(files).map(([path, content]) => ({
    path,
    bytes: Buffer.byteLength(content),
    sha256: createHash("sha256").update(content).digest("hex"),
  }));
  return JSON.stringify({ schema_version: 1, run: record.run, files: all, left_out: [] });
}

function part(content: Buffer, range: string): Reply {
  const [, first = "0", last = ""] = /^bytes=(\d+)-(\d*)$/.exec(range) ?? [];
  if (Number(first) >= content.length) return { code: 416, body: "" };
  const end = last === "" ? undefined : Number(last) + 1;
  return { code: 206, body: content.subarray(Number(first), end) };
}
