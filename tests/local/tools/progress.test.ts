import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { progress } from "../../../local/tools/progress.ts";

let lines: string[];

beforeEach(() => {
  lines = [];
  vi.useFakeTimers();
  vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    lines.push(String(text).trimEnd());
    return true;
  });
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

function lasting(seconds: number): () => Promise<void> {
  return () => new Promise((resolve) => setTimeout(resolve, seconds * 1000));
}

test("a piece of work has a line at its start, every half minute, and at its end", async () => {
  const done = progress("building", lasting(75));
  await vi.advanceTimersByTimeAsync(75_000);
  await done;
  expect(lines).toEqual([
    "building …",
    "building … 30.0 s",
    "building … 1 min 0 s",
    "building: done in 1 min 15 s",
  ]);
});

test("pieces of work that go on together share their lines", async () => {
  const done = Promise.all([progress("a", lasting(31)), progress("b", lasting(31))]);
  await vi.advanceTimersByTimeAsync(31_000);
  await done;
  expect(lines).toContain("a … 30.0 s, b … 30.0 s");
  expect(lines).toHaveLength(5);
});

test("a piece of work that fails passes its error on and is shown no longer", async () => {
  await expect(progress("a", () => Promise.reject(new Error("no space")))).rejects.toThrow(
    "no space",
  );
  await vi.advanceTimersByTimeAsync(60_000);
  expect(lines).toEqual(["a …"]);
});
