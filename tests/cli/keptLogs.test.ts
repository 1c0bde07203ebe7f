import { expect, test } from "vitest";

import { goneOnly, keptLogs, lastSeconds, perPod, readKeptLogs } from "../../cli/keptLogs.ts";
import type { PodLog } from "../../cli/podLogs.ts";
import type { KeptRun } from "../../contract/status.ts";
import { MemorySource } from "./support/memorySource.ts";

const FIRST =
  "2026-11-25T12:00:01.000Z ── the client is pod 6f1, whose process began 2026-11-25T12:00:00.500Z";
const SECOND =
  "2026-11-25T12:05:01.000Z ── the client is pod 7a2, whose process began 2026-11-25T12:05:00.900Z";
const TEXT = [
  FIRST,
  "2026-11-25T12:00:02.000Z trains round 1",
  SECOND,
  "2026-11-25T12:05:02.000Z trains round 2",
  "",
].join("\n");

function present(pod: string, began: string): PodLog {
  return { pod, previous: false, kept: false, began: Date.parse(began), lines: [] };
}

function lines(logs: readonly PodLog[]): (string | undefined)[] {
  return logs.flatMap((log) => log.lines).map((line) => line.split("Z ")[1]);
}

test("a kept file has a log for each process, and a pod's are put together", () => {
  const logs = keptLogs(TEXT, "flower-client-0");
  expect(logs.map(({ lines: { length } }) => length)).toEqual([2, 2]);
  expect(logs.map(({ began }) => new Date(began).toISOString())).toEqual([
    "2026-11-25T12:00:00.500Z",
    "2026-11-25T12:05:00.900Z",
  ]);
  const [only, ...rest] = perPod(logs);
  expect(rest).toEqual([]);
  expect(only).toMatchObject({ pod: "flower-client-0", previous: false, kept: true });
  expect(only?.lines).toEqual(TEXT.split("\n").slice(0, -1));
});

test("lines that a pod has itself are not shown twice", () => {
  const logs = keptLogs(TEXT, "flower-client-0");
  // Kubernetes' times of containers have whole seconds.
  const replaced = [present("flower-client-0", "2026-11-25T12:05:00Z")];
  expect(lines(goneOnly(logs, replaced))).toContain("trains round 1");
  expect(lines(goneOnly(logs, replaced))).not.toContain("trains round 2");
  expect(goneOnly(logs, [present("flower-client-0", "2026-11-25T12:00:00Z")])).toEqual([]);
  expect(goneOnly(logs, [present("flower-client-1", "2026-11-25T12:00:00Z")])).toEqual(logs);
  expect(goneOnly(logs, [])).toEqual(logs);
});

test("the server's pods are told apart by their names, and all are the server's", () => {
  const text = [
    "2026-11-25T12:00:00.000Z ── the server is pod flower-server-a-b, whose process began 2026-11-25T12:00:00.000Z",
    "2026-11-25T12:00:02.000Z round 1",
    "2026-11-25T12:07:00.000Z ── the run goes on in pod flower-server-c-d, whose process began 2026-11-25T12:07:00.000Z",
    "2026-11-25T12:07:02.000Z round 2",
  ].join("\n");
  const logs = keptLogs(text);
  expect(logs.map(({ pod }) => pod)).toEqual(["flower-server-a-b", "flower-server-c-d"]);
  const gone = goneOnly(logs, [present("flower-server-c-d", "2026-11-25T12:06:58Z")]);
  expect(gone.map(({ pod }) => pod)).toEqual(["flower-server-a-b"]);
});

test("only lines of the last seconds are kept", () => {
  const logs = lastSeconds(
    keptLogs(TEXT, "flower-client-0"),
    120,
    Date.parse("2026-11-25T12:05:03Z"),
  );
  expect(perPod(logs).flatMap((log) => log.lines)).toEqual(TEXT.split("\n").slice(2, -1));
});

test("the files of all clients are read, and one that is missing is none", async () => {
  const source = new MemorySource({
    "logs/server.log": "2026-11-25T12:00:00.000Z a\n",
    "logs/client-2.log": "2026-11-25T12:00:00.000Z b\n",
  });
  const run = { id: "ab12", spec: { replicas: 3 } } as unknown as KeptRun;
  const read = async (who: "all" | "client" | "server", partition?: number): Promise<string[]> =>
    (await readKeptLogs(source, run, { who, partition })).map(({ pod }) => pod);
  expect(await read("all")).toEqual(["flower-server", "flower-client-2"]);
  expect(await read("client")).toEqual(["flower-client-2"]);
  expect(await read("client", 2)).toEqual(["flower-client-2"]);
  expect(await read("client", 1)).toEqual([]);
  expect(await read("server")).toEqual(["flower-server"]);
});
