import { readFileSync } from "node:fs";

import { expect, test } from "vitest";

import { statusAnswer } from "../../../cli/verbs/status.ts";
import { parseStatus, type Status } from "../../../contract/status.ts";
import { event, pod, snapshot } from "../support/objects.ts";
import { answerMisfits } from "../support/schema.ts";

const PLACE = { context: "local", namespace: "kubeflower" };
const example = (name: string): Status =>
  parseStatus(readFileSync(`contract/examples/${name}.json`, "utf8"));

test("a running run shows its round, what is left, and each client with pod, node and work", () => {
  const { document, lines, code } = statusAnswer(PLACE, example("status"), snapshot());
  expect(code).toBe(0);
  expect(lines).toEqual([
    "run           dec44c305616",
    "state         running",
    "rounds        1 of 5",
    "accuracy      0.8290",
    "loss          0.4790",
    "model sha256  -",
    "seconds       -",
    "server        flower-server-7d9-x on node-1",
    "round         2 of 5, for 1 s, about 15 s left",
    "",
    "client  pod              node    does   for",
    "     0  flower-client-0  node-1  train  1 s",
    "     1  flower-client-1  node-1  idle     -",
  ]);
  expect(answerMisfits("status", document)).toEqual([]);
});

test("a run whose clients have answered shows the slowest of them", () => {
  const slowest = { partition: 3, seconds: 4.21, median: 1.04 };
  const { document, lines } = statusAnswer(PLACE, example("status"), snapshot(), slowest);
  expect(lines).toContain("slowest       client 3, 4.2 s a round; median of all 1.0 s");
  expect(document).toMatchObject({ slowest });
  expect(answerMisfits("status", document)).toEqual([]);
});

test("a running run shows an offline client whose node pulls its image", () => {
  const run = example("status");
  const clients = run.clients.map((client) => ({ ...client, doing: "offline" as const }));
  const pods = [
    ...snapshot().objects.pods.slice(0, 2),
    pod("flower-client-1", { state: { waiting: { reason: "ContainerCreating" } } }),
  ];
  const events = [event("flower-client-1", "Pulling", "Pulling image")];
  const answer = statusAnswer(
    PLACE,
    { ...run, nodes: [0], clients: clients.slice(1) },
    snapshot({ pods, events }),
  );
  expect(answer.lines).toContain(
    "waiting for 1 of 2 clients: client 1 (pulling localhost:5555/kubeflower:abc on node node-1)",
  );
});

test("a waiting run shows how many clients are connected, and who is offline", () => {
  const { lines, document } = statusAnswer(PLACE, example("status-waiting"), snapshot());
  expect(lines).toContain("waiting for 1 of 2 clients: client 0");
  expect(lines.at(-2)).toBe("     0  flower-client-0  node-1  offline    -");
  expect(answerMisfits("status", document)).toEqual([]);
});

test("a failed run shows its reason with the remedy, and fails; a completed one does not", () => {
  const failed = statusAnswer(PLACE, example("status-failed"), snapshot());
  expect(failed.code).toBe(1);
  expect(failed.lines.at(-1)).toBe(
    "run dec44c305616 was interrupted after 0 of 5 rounds: round 2: the server needs more memory than its limit of 1073741824 bytes — raise it: pulumi config set --path serverResources.memory 2048Mi, then `pulumi up`: the run goes on after round 0",
  );
  const completed = statusAnswer(PLACE, example("status-completed"), snapshot());
  expect(completed.code).toBe(0);
  for (const { document } of [failed, completed]) {
    expect(answerMisfits("status", document)).toEqual([]);
  }
});
