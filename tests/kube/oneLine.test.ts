import { expect, test } from "vitest";
import { oneLine } from "../../kube/oneLine.ts";

test("text of several lines becomes one, without a full stop", () => {
  expect(oneLine("Kubelet stopped\r\n\tposting node status. \n")).toBe(
    "Kubelet stopped posting node status",
  );
});

test("colours and control characters are taken out", () => {
  expect(oneLine("\u001b[31mred\u001b[0m\u0007 text\u001b")).toBe("red text");
});

test("long text is cut", () => {
  expect(oneLine("x".repeat(700))).toBe(`${"x".repeat(599)}…`);
  expect(oneLine("abcdef", 4)).toBe("abc…");
});
