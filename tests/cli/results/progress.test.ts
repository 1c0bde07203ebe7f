import { expect, test } from "vitest";

import { Progress } from "../../../cli/results/progress.ts";

test("progress tells megabytes, share, speed of this download, and what is left", () => {
  let now = 0;
  const written: string[] = [];
  const progress = new Progress({ write: (text) => written.push(text) }, () => now);
  progress.begin(441_000_000);
  progress.found(41_000_000);
  now = 5000;
  progress.came(100_000_000);
  expect(written).toEqual(["141.0 MB of 441.0 MB  31 %  20.0 MB/s  15 s left\n"]);
  now = 6000;
  progress.came(1);
  expect(written).toHaveLength(1);
});

test("on a terminal the line is written over", () => {
  let now = 0;
  const written: string[] = [];
  const progress = new Progress({ isTTY: true, write: (text) => written.push(text) }, () => now);
  progress.begin(10);
  now = 1000;
  progress.came(10);
  progress.end();
  expect(written).toEqual(["\r10 B of 10 B  100 %  10 B/s  0 s left\u001b[K", "\r\u001b[K"]);
});
