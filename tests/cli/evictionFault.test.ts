import { expect, test } from "vitest";
import { event, running, sentence, snapshot } from "./objects.ts";

const SAID = "Pod ephemeral local storage usage exceeds the total limit of containers 4Gi. ";
/** Of the pods that had the name before, whose UIDs are others. */
const evicted = (name: string, message = SAID) => ({
  ...event(name, "Evicted", message),
  involvedObject: { name, uid: "gone" },
});

test("a client that writes too much again and again is named, with the command that lets it", () => {
  const events = [evicted("flower-client-1"), evicted("flower-client-1")];
  expect(sentence({ events }, true)).toBe(
    "pod flower-client-1 was evicted 2 times: Pod ephemeral local storage usage exceeds the total limit of containers 4Gi — let it write more: pulumi config set --path clientResources.ephemeralStorage 8Gi",
  );
});

test("the server's pods before it had other names", () => {
  const events = [
    evicted("flower-server-7d9-a"),
    evicted(
      "flower-server-7d9-b",
      'Container server exceeded its local ephemeral storage limit "4Gi". ',
    ),
  ];
  expect(sentence({ events })).toContain("serverResources.ephemeralStorage 8Gi");
});

test("one eviction, those of others and those under another limit are let pass", () => {
  const former = SAID.replace("4Gi", "2Gi");
  const others = SAID.replace("4Gi", "14Gi");
  for (const events of [
    [evicted("flower-client-0"), evicted("flower-client-1")],
    [evicted("flower-client-1", former), evicted("flower-client-1", former)],
    [evicted("flower-client-1", others), evicted("flower-client-1", others)],
    [event("flower-client-1", "Killing", SAID), event("flower-client-1", "Killing", SAID)],
  ]) {
    expect(sentence({ events }, true)).toBeUndefined();
  }
  expect(sentence({ pods: [...snapshot().pods, running("flower-client-2")] })).toBeUndefined();
});
