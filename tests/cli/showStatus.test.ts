import { expect, test } from "vitest";

import { missingServer, statusLines } from "../../cli/showStatus.ts";
import { parseStatus } from "../../contract/status.ts";
import { claim, snapshot } from "./support/objects.ts";

test("a waiting run shows how many clients are connected", () => {
  const text = '{"run":"run1","state":"waiting","rounds":5,"nodes":[0],"waitingFor":[1]}';
  const lines = statusLines(parseStatus(text), snapshot());
  expect(lines.at(1)).toBe("state         waiting");
  expect(lines.at(-1)).toBe("waiting for clients: 1 of 2 connected");
});

test("a failed run shows its reason", () => {
  const text = '{"run":"run1","state":"failed","reason":"round 2: no data","rounds":5}';
  expect(statusLines(parseStatus(text), snapshot()).at(-1)).toBe("reason        round 2: no data");
});

test("a server that does not answer is explained by a cause, else by what it waits for", () => {
  expect(missingServer(snapshot({ claims: [claim("fast", 60)] }))).toContain(
    "StorageClass fast does not exist",
  );
  expect(missingServer(snapshot({ pods: [] }))).toBe("waiting for the server: it has no pod yet");
});
