import * as protobuf from "google-protobuf";
import { expect, test, vi } from "vitest";

import { BuildLog } from "../../docker/buildLog.ts";

const { BinaryWriter } = (protobuf as { default?: typeof protobuf }).default ?? protobuf;

async function read(messages: readonly object[]): Promise<{ lines: string[]; log: BuildLog }> {
  const lines: string[] = [];
  const log = new BuildLog((line) => lines.push(line));
  const stream = Buffer.from(messages.map((message) => `${JSON.stringify(message)}\n`).join(""));
  // In two pieces, cut inside a message.
  await log.read(
    (async function* () {
      yield await Promise.resolve(stream.subarray(0, 7));
      yield stream.subarray(7);
    })(),
  );
  return { lines, log };
}

/** A BuildKit progress message with one step and one piece of its output. */
function trace(step: { name: string; cached?: boolean }, output: string): object {
  const writer = new BinaryWriter();
  writer.writeMessage(1, step, (_step: unknown, inner: protobuf.BinaryWriter) => {
    inner.writeString(3, step.name);
    if (step.cached) inner.writeBool(4, true);
    inner.writeMessage(5, step, () => undefined);
  });
  writer.writeMessage(3, step, (_step: unknown, inner: protobuf.BinaryWriter) => {
    inner.writeBytes(4, Buffer.from(output));
  });
  const aux = Buffer.from(writer.getResultBuffer()).toString("base64");
  return { id: "moby.buildkit.trace", aux };
}

test("BuildKit's steps are shown once, with what they print", async () => {
  const { lines } = await read([
    trace({ name: "[internal] load build definition" }, ""),
    trace({ name: "[1/2] RUN make" }, "compiling\nlinking\n"),
    trace({ name: "[1/2] RUN make" }, ""),
    trace({ name: "[2/2] COPY", cached: true }, ""),
    { id: "moby.image.id", aux: { ID: "sha256:abc" } },
  ]);
  expect(lines).toEqual(["[1/2] RUN make", "compiling", "linking", "[2/2] COPY (cached)"]);
});

test("a push shows what arrived and keeps the digest", async () => {
  const { lines, log } = await read([
    { status: "The push refers to repository [host/name]" },
    { id: "l1", status: "Preparing" },
    { id: "l1", status: "Pushing", progress: "[==>  ]" },
    { id: "l1", status: "Pushed" },
    { aux: { Tag: "1", Digest: "sha256:def", Size: 5 } },
  ]);
  expect(lines).toEqual(["The push refers to repository [host/name]", "l1: Pushed"]);
  expect(log.pushed).toBe("sha256:def");
});

test("a long push is counted every ten seconds", async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: 0 });
  const lines: string[] = [];
  const log = new BuildLog((line) => lines.push(line));
  const layer = (id: string, current: number, total: number): string =>
    `${JSON.stringify({ id, status: "Pushing", progressDetail: { current, total } })}\n`;
  async function* stream(): AsyncGenerator<Buffer> {
    yield await Promise.resolve(Buffer.from(layer("l1", 1e6, 200e6)));
    vi.setSystemTime(10_000);
    yield Buffer.from(layer("l2", 20e6, 100e6) + layer("l1", 2e6, 200e6));
    vi.setSystemTime(19_999);
    yield Buffer.from(layer("l1", 90e6, 200e6));
    vi.setSystemTime(20_000);
    // Docker counts a little more than there is.
    yield Buffer.from(layer("l2", 101e6, 100e6));
  }
  await log.read(stream()).finally(() => vi.useRealTimers());
  expect(lines).toEqual(["Pushing: 21 of 300 MB", "Pushing: 190 of 300 MB"]);
});

test("an error carries the build's last lines", async () => {
  const many = Array.from({ length: 30 }, (_, index) => ({ stream: `line ${index}\n` }));
  await expect(read([...many, { error: "exit code: 3" }])).rejects.toThrow(
    ["exit code: 3", ...many.slice(10).map((_, index) => `line ${index + 10}`)].join("\n"),
  );
});
