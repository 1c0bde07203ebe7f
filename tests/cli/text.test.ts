import { expect, test } from "vitest";
import { lastLine } from "../../cli/text.ts";

test("the last line that says something is taken of a log", () => {
  expect(lastLine("Traceback:\n  at x\nValueError: no data.\n \n")).toBe("ValueError: no data");
  expect(lastLine(undefined)).toBe("");
});
