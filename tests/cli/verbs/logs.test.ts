import { expect, test } from "vitest";

import type { PodLog } from "../../../cli/podLogs.ts";
import { logsAnswer } from "../../../cli/verbs/logs.ts";
import { answerMisfits } from "../support/schema.ts";

const log = (pod: string, kind: "" | "previous" | "kept", ...lines: string[]): PodLog => ({
  pod,
  previous: kind === "previous",
  kept: kind === "kept",
  began: NaN,
  lines,
});

const known = (...logs: PodLog[]) => ({ run: "ab12", logs, missing: null });

test("the log of one pod is shown as it was printed, the container before a restart first", () => {
  const { document, lines } = logsAnswer(
    known(
      log("flower-client-0", "previous", "2026-11-25T12:00:00.1Z killed"),
      log("flower-client-0", "", "2026-11-25T12:00:05Z   indented", "2026-11-25T12:00:06Z "),
    ),
  );
  expect(lines).toEqual(["killed", "  indented", ""]);
  expect(answerMisfits("logs", document)).toEqual([]);
});

test("logs of several pods are one, by the times of their lines", () => {
  const { lines } = logsAnswer(
    known(
      log("flower-client-0", "", "2026-11-25T12:00:00.12Z b", "2026-11-25T12:00:02Z d"),
      log("flower-server-x", "", "2026-11-25T12:00:00Z a", "2026-11-25T12:00:01.5Z c"),
    ),
  );
  expect(lines).toEqual([
    "flower-server-x | a",
    "flower-client-0 | b",
    "flower-server-x | c",
    "flower-client-0 | d",
  ]);
});

test("lines of a pod that is gone come before those of its replacement, and say so", () => {
  const { document, lines } = logsAnswer(
    known(
      log("flower-client-0", "kept", "2026-11-25T12:00:00Z trains round 1"),
      log("flower-client-0", "", "2026-11-25T12:01:00Z trains round 2"),
    ),
  );
  expect(lines).toEqual([
    "flower-client-0 (gone) | trains round 1",
    "flower-client-0        | trains round 2",
  ]);
  expect(answerMisfits("logs", document)).toEqual([]);
});

test("kept lines alone say where they are from", () => {
  const { lines } = logsAnswer(known(log("flower-client-0", "kept", "2026-11-25T12:00:00Z one")));
  expect(lines).toEqual(["── kept by the server with run ab12", "one"]);
});

test("pods' logs are shown where the kept lines are not known", () => {
  const logs = [log("flower-client-0", "", "2026-11-25T12:00:00Z one")];
  const { document, lines } = logsAnswer({ run: null, logs, missing: "no server — start it" });
  expect(lines).toEqual([
    "── lines of pods that are gone are not known: no server — start it",
    "one",
  ]);
  expect(answerMisfits("logs", document)).toEqual([]);
});
