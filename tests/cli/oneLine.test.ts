import { expect, test } from "vitest";

import { lastLine, oneLine } from "../../cli/oneLine.ts";

test("several lines become one, without a full stop", () => {
  expect(oneLine("Kubelet stopped\r\n\tposting node status. \n")).toBe(
    "Kubelet stopped posting node status",
  );
});

test("colours and control characters are removed", () => {
  expect(oneLine("\u001b[31mred\u001b[0m\u0007 text\u001b")).toBe("red text");
});

test("long text is cut", () => {
  expect(oneLine("x".repeat(700))).toBe(`${"x".repeat(599)}…`);
  expect(oneLine("abcdef", 4)).toBe("abc…");
});

test("the last line of a log that is not empty is taken", () => {
  expect(lastLine("Traceback:\n  at x\nValueError: no data.\n \n")).toBe("ValueError: no data");
  expect(lastLine(undefined)).toBe("");
});
