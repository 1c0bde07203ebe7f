import { expect, test } from "vitest";

import { logsAnswer } from "../../../cli/verbs/logs.ts";
import { answerMisfits } from "../support/schema.ts";

const log = (pod: string, previous: boolean, ...lines: string[]) => ({ pod, previous, lines });

test("the log of one pod is shown as it was printed, the container before a restart first", () => {
  const { document, lines } = logsAnswer([
    log("flower-client-0", true, "2026-11-25T12:00:00.1Z killed"),
    log("flower-client-0", false, "2026-11-25T12:00:05Z   indented", "2026-11-25T12:00:06Z "),
  ]);
  expect(lines).toEqual(["killed", "  indented", ""]);
  expect(answerMisfits("logs", document)).toEqual([]);
});

test("logs of several pods are one, by the times of their lines", () => {
  const { lines } = logsAnswer([
    log("flower-client-0", false, "2026-11-25T12:00:00.12Z b", "2026-11-25T12:00:02Z d"),
    log("flower-server-x", false, "2026-11-25T12:00:00Z a", "2026-11-25T12:00:01.5Z c"),
  ]);
  expect(lines).toEqual([
    "flower-server-x | a",
    "flower-client-0 | b",
    "flower-server-x | c",
    "flower-client-0 | d",
  ]);
});
