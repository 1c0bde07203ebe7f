import { expect, test } from "vitest";

import { lastLine } from "../../../cli/diagnosis/lastLine.ts";

test("the last line of a log that is not empty is taken", () => {
  expect(lastLine("Traceback:\n  at x\nValueError: no data.\n \n")).toBe("ValueError: no data");
  expect(lastLine(undefined)).toBe("");
});
