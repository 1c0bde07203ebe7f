import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { type Part, prepare, secondsLeft } from "../../../local/tools/preparation.ts";
import { progress } from "../../../local/tools/progress.ts";

let printed: string;

beforeEach(() => {
  printed = "";
  vi.useFakeTimers();
  vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    printed += String(text);
    return true;
  });
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

function part(seconds: number, make: Part["make"], there = false): Part {
  return { seconds, isThere: () => Promise.resolve(there), make };
}

/** A part that is shown as `what` for some seconds. */
function shown(what: string, seconds: number, share?: number): Part {
  return part(seconds, (report) =>
    progress(what, async () => {
      if (share !== undefined) report(share);
      await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    }),
  );
}

test("only the parts that the cache lacks are made, and nothing is printed when it lacks none", async () => {
  const make = vi.fn(() => Promise.resolve());
  await prepare([part(1, make, true), part(1, make, true)]);
  expect(make).not.toHaveBeenCalled();
  expect(printed).toBe("");
  await prepare([part(1, make, true), part(1, make)]);
  expect(make).toHaveBeenCalledTimes(1);
});

test("a line every half minute names what is being made, how many are ready and how long the rest takes", async () => {
  const prepared = prepare([shown("building a", 20), shown("building b", 100, 0.4)]);
  await vi.advanceTimersByTimeAsync(30_000);
  const lines = printed.trim().split("\n");
  expect(lines[0]).toMatch(
    /^making once what is kept in the cache: 0 of 2 ready, about \d+ minutes? left$/,
  );
  expect(lines).toContain("building a: done in 20.0 s");
  expect(lines.at(-1)).toMatch(
    /^building b … 30\.0 s \(1 of 2 ready, (less than|about) a minute left\)$/,
  );
  await vi.advanceTimersByTimeAsync(70_000);
  await prepared;
  expect(printed.trim().split("\n").at(-1)).toBe("building b: done in 1 min 40 s");
  expect(printed.split("\n").length).toBeLessThan(12);
});

test("a part that fails is said at once and thrown when the others have ended", async () => {
  const other = vi.fn();
  const prepared = prepare([
    part(1, () => Promise.reject(new Error("no compiler"))),
    part(1, () => new Promise((resolve) => setTimeout(resolve, 5000)).then(other)),
  ]);
  const outcome = expect(prepared).rejects.toThrow("no compiler");
  await vi.advanceTimersByTimeAsync(1000);
  expect(printed).toContain("failed: no compiler");
  expect(other).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(4000);
  await outcome;
  expect(other).toHaveBeenCalled();
});

test("the time left follows the speed so far, and the number of cores before anything is known", () => {
  expect(secondsLeft(600, 0, 0, 2)).toBe(600);
  expect(secondsLeft(600, 0, 0, 4)).toBe(300);
  expect(secondsLeft(600, 300, 300, 2)).toBe(300);
  // Half as fast as expected for ten minutes: about ten more.
  expect(secondsLeft(600, 300, 600, 2)).toBeCloseTo(550, 0);
});
