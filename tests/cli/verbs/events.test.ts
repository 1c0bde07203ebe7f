import { expect, test } from "vitest";

import { eventsAnswer } from "../../../cli/verbs/events.ts";
import { ago, event } from "../support/objects.ts";
import { answerMisfits } from "../support/schema.ts";

test("events of the cluster and of the run are one list, newest last, each repeated one once", () => {
  const back = "Back-off restarting failed container";
  const objects = [
    event("flower-client-0", "BackOff", back, 90, 80),
    { ...event("flower-client-0", "BackOff", back, 60, 20), count: 4 },
    event("flower-server-7d9", "Pulled", "the image is\nthere", 70, 70),
    event("another", "Pulled", "not ours", 60, 5),
  ];
  const own = [
    { time: ago(50), kind: "left", text: "client 0 is offline", partition: 0 },
    { time: ago(10), kind: "round", text: "round 1: 2 replies in 2.3 s" },
    { time: ago(9), kind: "left", text: "client 0 is offline", partition: 0 },
  ];
  const { document, lines } = eventsAnswer(objects, own);
  expect(lines).toEqual([
    "2026-11-25 11:58:50  flower-server-7d9  Pulled  the image is there",
    "2026-11-25 11:59:10  run  left  client 0 is offline",
    "2026-11-25 11:59:40  flower-client-0  BackOff  Back-off restarting failed container  (5 times)",
    "2026-11-25 11:59:50  run  round  round 1: 2 replies in 2.3 s",
    "2026-11-25 11:59:51  run  left  client 0 is offline",
  ]);
  expect(answerMisfits("events", document)).toEqual([]);
});

test("without the server the cluster's events are shown, and why the run's are not", () => {
  const { document, lines } = eventsAnswer([], "no pod runs — start it");
  expect(lines).toEqual(["the run's own events are not known: no pod runs — start it"]);
  expect(answerMisfits("events", document)).toEqual([]);
  expect(eventsAnswer([], []).lines).toEqual(["nothing has happened yet"]);
});

test("an event without any time comes first", () => {
  const { lines } = eventsAnswer(
    [{ involvedObject: { name: "flower-client-0" }, reason: "Odd" }],
    [],
  );
  expect(lines).toEqual(["  flower-client-0  Odd  "]);
});
