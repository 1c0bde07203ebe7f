import { readFileSync } from "node:fs";

import type { Phase, RoundLine } from "../../../../contract/phase.ts";
import type { RunRecord } from "../../../../contract/record.ts";
import type { PageRun } from "../../../../cli/page/pageRun.ts";
import type { RunEvent } from "../../../../cli/verbs/events.ts";

/** Record of all example runs. */
export const RECORD = JSON.parse(
  readFileSync("contract/examples/record.json", "utf8"),
) as RunRecord;
/** Digest of the model of an example run. */
export const SHA256 = "21230562ff722c14521905af609f315f669eb5e3ff2a69a0045e58a75fd7119d";

/** Kind of an example run. */
export interface Like {
  readonly clients?: number;
  readonly rounds?: number;
  /** Without it the app measures a `perplexity` of its own instead of accuracy and loss. */
  readonly accuracy?: boolean;
  /** Client that never answers from the second round on. */
  readonly lost?: number;
  readonly state?: string;
}

/** Makes a run whose numbers are the same each time. */
export function exampleRun(like: Like = {}): PageRun {
  const { clients = 2, rounds = 5, accuracy = true, state = "completed" } = like;
  const lines = Array.from({ length: rounds }, (_, at) => line(at + 1, { ...like, clients }));
  const all = Array.from({ length: clients }, (_, partition) => partition);
  const result = {
    rounds,
    accuracy: accuracy ? (lines.at(-1)?.accuracy ?? null) : null,
    loss: accuracy ? (lines.at(-1)?.loss ?? null) : null,
    modelSha256: SHA256,
    seconds: 1 + lines.reduce((sum, { seconds }) => sum + seconds, 0),
  };
  const done = state === "completed";
  return {
    run: RECORD.run,
    state,
    status: null,
    record: {
      ...RECORD,
      spec: { ...RECORD.spec, clients, replicas: clients, rounds: done ? rounds : rounds + 5 },
    },
    result: done ? result : null,
    reason: done ? null : `round ${rounds + 1}: client 1: ValueError: <no data>`,
    rounds: lines,
    broken: state === "failed" ? brokenRound(rounds + 1, { ...like, clients }) : null,
    partitions: Object.fromEntries(all.map((partition) => [partition, partitionOf(partition)])),
    events: eventsOf(lines, all, done),
    files: [
      { path: "metrics.jsonl", bytes: 5120, sha256: SHA256 },
      ...(done ? [{ path: "model.safetensors", bytes: 178_412, sha256: SHA256 }] : []),
    ],
  };
}

function line(round: number, like: Like): RoundLine {
  const { clients = 2, accuracy = true, lost } = like;
  const gone = round > 1 ? lost : undefined;
  const train = phase("train", round, 0.02, like);
  const begins = Math.max(...train.replied.map((moment) => moment ?? 4)) + 0.15;
  const evaluate = phase("evaluate", round, begins, like);
  const all = Array.from({ length: clients }, (_, partition) => partition);
  const ends = Math.max(...evaluate.replied.map((moment) => moment ?? begins + 2)) + 0.4;
  const central = accuracy
    ? { accuracy: curve(round, 0.9), loss: 2.3 * 0.7 ** round, f1: curve(round, 0.86) }
    : { perplexity: 90 * 0.8 ** round };
  return {
    round,
    seconds: Number(ends.toFixed(3)),
    loss: central.loss ?? null,
    accuracy: central.accuracy ?? null,
    replies: all.filter((partition) => partition !== gone),
    failures:
      gone === undefined ? [] : [{ partition: gone, reason: "its stream broke; exit code 3" }],
    clients: accuracy ? { accuracy: curve(round, 0.88), loss: 2.4 * 0.7 ** round } : {},
    schema_version: 1,
    server: central,
    phases: [train, evaluate],
  };
}

/** Makes the round in which the last client has failed. */
function brokenRound(round: number, like: Like): RoundLine {
  const { phases = [], ...whole } = line(round, like);
  const [train] = phases;
  if (train === undefined) throw new Error("a round has phases");
  const failing = train.partition.length - 1;
  const at = <T>(values: readonly T[], value: T): T[] =>
    values.map((own, client) => (client === failing ? value : own));
  const ended = Math.max(...train.replied.map((moment) => moment ?? 0));
  const failed = {
    ...train,
    good: at(train.good, false),
    began: at(train.began, null),
    ended: at(train.ended, null),
    replied: at(train.replied, 0.9),
  };
  return {
    ...whole,
    seconds: Number((ended + 0.1).toFixed(3)),
    loss: null,
    accuracy: null,
    clients: {},
    server: {},
    failures: [...whole.failures, { partition: failing, reason: "ValueError: <no data>" }],
    phases: [failed],
  };
}

function phase(name: string, round: number, asked: number, like: Like): Phase {
  const { clients = 2, accuracy = true, lost } = like;
  const gone = round > 1 ? lost : undefined;
  const all = Array.from({ length: clients }, (_, partition) => partition);
  const base = name === "train" ? 1.6 : 0.5;
  const isGood = (partition: number): boolean => partition !== gone;
  const work = all.map((k) => base * (0.8 + 0.4 * noise(k, round)) * (k === 1 ? 1.8 : 1));
  const up = all.map((k) => 0.05 + 0.15 * noise(round, k));
  const moment = (value: (k: number) => number): (number | null)[] =>
    all.map((k) => (isGood(k) ? Number(value(k).toFixed(4)) : null));
  const began = (k: number): number => asked + 0.005 + (up[k] ?? 0);
  const ended = (k: number): number => began(k) + (work[k] ?? 0);
  const values = (value: (k: number) => number): (number | null)[] =>
    all.map((k) => (isGood(k) ? Number(value(k).toFixed(5)) : null));
  return {
    phase: name,
    partition: all,
    good: all.map(isGood),
    asked: all.map(() => Number(asked.toFixed(4))),
    sent: moment(() => asked + 0.005),
    began: moment(began),
    ended: moment(ended),
    replied: moment((k) => ended(k) + (up[k] ?? 0) / 2),
    cpu: values((k) => 1.9 * (work[k] ?? 0)),
    memory: values((k) => Math.round(374e6 + 2e7 * noise(k, 7))),
    sent_bytes: values(() => 178_412),
    reply_bytes: values(() => (name === "train" ? 178_502 : 96)),
    metrics:
      name === "train"
        ? { train_loss: values((k) => 2.4 * 0.72 ** round * (0.8 + 0.4 * noise(k, 3))) }
        : {
            [accuracy ? "accuracy" : "perplexity"]: values((k) =>
              accuracy
                ? curve(round, 0.8 + 0.12 * noise(k, 5))
                : 90 * 0.8 ** round * (1 + 0.2 * noise(k, 5)),
            ),
            "num-examples": values((k) => 100 + k),
          },
  };
}

function curve(round: number, top: number): number {
  return Number((top * (1 - 0.55 ** round)).toFixed(4));
}

/** A number from 0 to 1 that only depends on its arguments. */
function noise(a: number, b: number): number {
  const value = Math.sin(a * 12.9898 + b * 78.233) * 43_758.5453;
  return value - Math.floor(value);
}

function partitionOf(partition: number): object {
  const histogram = Array.from({ length: 10 }, (_, label) =>
    Math.round(120 * noise(partition, label) ** 3),
  );
  const count = histogram.reduce((a, b) => a + b, 0);
  return { count, histogram, sha256: SHA256 };
}

function eventsOf(lines: readonly RoundLine[], all: readonly number[], done: boolean): RunEvent[] {
  let now = Date.parse(RECORD.started);
  const at = (seconds: number): string => new Date((now += seconds * 1000)).toISOString();
  return [
    { time: at(0), kind: "started", text: "the server waits for clients" },
    ...all.map((partition) => ({
      time: at(0.05),
      kind: "joined",
      text: `client ${partition} is connected`,
      partition,
    })),
    ...lines.map(({ round, seconds, replies }) => ({
      time: at(seconds),
      kind: "round",
      text: `round ${round}: ${replies.length} replies in ${seconds} s`,
    })),
    done
      ? { time: at(0.4), kind: "completed", text: `completed after ${lines.length} rounds` }
      : { time: at(0.4), kind: "failed", text: `round ${lines.length + 1}: client 1: ValueError` },
  ];
}
