import { expect, test } from "vitest";

import { ok, unchecked, warning, type Finding } from "../../../cli/doctor/finding.ts";
import { doctorAnswer } from "../../../cli/verbs/doctor.ts";
import { answerMisfits } from "../support/schema.ts";

const PLACE = { context: "lab", namespace: "flower" };
const fault: Finding = { state: "fault", text: "no DNS", remedy: "make it" };

function answer(...found: Finding[]) {
  return doctorAnswer(
    PLACE,
    found.map((one, index) => ({ name: `check ${index}`, ...one })),
  );
}

test("findings are lines, each with its remedy below it, and counted", () => {
  const { lines, document, code } = answer(ok("fine"), warning("late", "hurry"), fault);
  expect(lines).toEqual([
    "ok           check 0  fine",
    "warning      check 1  late",
    "                      → hurry",
    "FAULT        check 2  no DNS",
    "                      → make it",
    "",
    "1 ok, 1 warning, 1 fault, 0 not checked",
  ]);
  expect(code).toBe(1);
  expect(answerMisfits("doctor", document)).toEqual([]);
});

test.each([
  ["nothing but warnings", [ok("fine"), warning("late", "hurry"), unchecked("hidden")], 0],
  ["a fault", [fault, ok("fine")], 1],
  ["a cluster that is not reached", [fault, { ...fault, unreached: true }], 2],
])("the exit code tells of %s", (_, found, code) => {
  expect(answer(...found).code).toBe(code);
});

test("without a stack there is no place", () => {
  const { document } = doctorAnswer(null, [{ name: "context", ...fault, unreached: true }]);
  expect(document).toMatchObject({ context: null, namespace: null });
  expect(answerMisfits("doctor", document)).toEqual([]);
});
