import { expect, test } from "vitest";

import { cause, event, running, snapshot } from "../support/objects.ts";

const SAID = "Pod ephemeral local storage usage exceeds the total limit of containers 4Gi. ";
/** Event about an earlier pod of this name, which had another UID. */
const evicted = (name: string, message = SAID) => ({
  ...event(name, "Evicted", message),
  involvedObject: { name, uid: "gone" },
});

test("a client that was evicted twice is reported with the command that lets it write more", () => {
  const events = [evicted("flower-client-1"), evicted("flower-client-1")];
  expect(cause({ events }, true)).toBe(
    "pod flower-client-1 was evicted 2 times: Pod ephemeral local storage usage exceeds the total limit of containers 4Gi — let it write more: pulumi config set --path clientResources.ephemeralStorage 8Gi",
  );
});

test("evictions of the server's earlier pods count, though each had another name", () => {
  const events = [
    evicted("flower-server-7d9-a"),
    evicted(
      "flower-server-7d9-b",
      'Container server exceeded its local ephemeral storage limit "4Gi". ',
    ),
  ];
  expect(cause({ events })).toContain("serverResources.ephemeralStorage 8Gi");
});

test("one eviction, those of other pods and those under another limit are no fault", () => {
  const former = SAID.replace("4Gi", "2Gi");
  const others = SAID.replace("4Gi", "14Gi");
  for (const events of [
    [evicted("flower-client-0"), evicted("flower-client-1")],
    [evicted("flower-client-1", former), evicted("flower-client-1", former)],
    [evicted("flower-client-1", others), evicted("flower-client-1", others)],
    [event("flower-client-1", "Killing", SAID), event("flower-client-1", "Killing", SAID)],
  ]) {
    expect(cause({ events }, true)).toBeNull();
  }
  expect(cause({ pods: [...snapshot().objects.pods, running("flower-client-2")] })).toBeNull();
});

test("a limit that GKE Autopilot has lowered to the request rises with it", () => {
  const lowered = (quantity: string) => {
    const one = running("flower-client-1");
    const [engine] = one.spec.containers;
    const resources = {
      requests: { "ephemeral-storage": quantity },
      limits: { "ephemeral-storage": quantity },
    };
    return {
      ...one,
      spec: { ...one.spec, containers: [{ name: "client", ...engine, resources }] },
    };
  };
  const command = (quantity: string): string => {
    const message = SAID.replace("4Gi", quantity);
    const events = [evicted("flower-client-1", message), evicted("flower-client-1", message)];
    return (
      cause({ events, pods: [lowered(quantity)] }, true)
        ?.split(": ")
        .at(-1) ?? ""
    );
  };
  const both = (quantity: string): string =>
    ["ephemeralStorage", "ephemeralStorageRequest"]
      .map((key) => `pulumi config set --path clientResources.${key} ${quantity}`)
      .join(" && ");
  expect(command("64Mi")).toBe(both("4Gi"));
  expect(command("2Gi")).toBe(both("4Gi"));
  expect(command("4Gi")).toBe(both("8Gi"));
});
