import { expect, test } from "vitest";

import { Lines } from "../../../../local/plugins/wire/lines.ts";

function linesOf(pieces: readonly (string | Buffer)[]): string[] {
  const found: string[] = [];
  const lines = new Lines((line) => found.push(line));
  for (const piece of pieces) lines.push(Buffer.from(piece));
  lines.end();
  return found;
}

test("lines are whole whatever the pieces, and the last one needs no end", () => {
  expect(linesOf(["on", "e\r\ntwo\n\nth", "ree"])).toEqual(["one", "two", "", "three"]);
});

test("a letter cut in two is put together again", () => {
  const bytes = Buffer.from("ä\n");
  expect(linesOf([bytes.subarray(0, 1), bytes.subarray(1)])).toEqual(["ä"]);
});

test("a line far longer than 64 KiB is shown in pieces that lose nothing", () => {
  const long = "x".repeat(200_000);
  const pieces = linesOf([long.slice(0, 150_000), long.slice(150_000), "\nend\n"]);
  expect(Math.max(...pieces.map(({ length }) => length))).toBe(32 * 1024);
  expect(pieces.join("")).toBe(`${long}end`);
});
