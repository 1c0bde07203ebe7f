import { expect, test } from "vitest";

import { podsReady, waitingForClients, waitingForServer } from "../../../cli/diagnosis/waiting.ts";
import { parseStatus } from "../../../contract/status.ts";
import { event, pending, pod, running, snapshot } from "../support/objects.ts";

const waiting = parseStatus(
  JSON.stringify({ run: "run1", state: "waiting", rounds: 5, nodes: [0], waitingFor: [1] }),
);

test("a namespace without our Deployment is said to have none", () => {
  expect(waitingForServer(snapshot({ deployments: [] })).text).toBe(
    "waiting for Deployment flower-server: there is none in namespace kubeflower",
  );
});

test("a server without a pod is waited for", () => {
  expect(waitingForServer(snapshot({ pods: [] })).text).toBe(
    "waiting for the server: it has no pod yet",
  );
});

test("a pod of another run is described as ending", () => {
  expect(waitingForServer(snapshot({ run: "run2" })).text).toBe(
    "waiting for the server: the pod of the run before is ending",
  );
});

test("an image that is pulled is named, and may take minutes", () => {
  const pods = [
    pod("flower-server-7d9-x", { state: { waiting: { reason: "ContainerCreating" } } }),
  ];
  const events = [event("flower-server-7d9-x", "Pulling", 'Pulling image "x"')];
  expect(waitingForServer(snapshot({ pods, events }))).toEqual({
    text: "waiting for the server: pulling localhost:5555/kubeflower:abc on node node-1",
    busy: true,
  });
});

test("after the pull of the image, the reason why the container waits is shown", () => {
  const pods = [
    pod("flower-server-7d9-x", { state: { waiting: { reason: "ContainerCreating" } } }),
  ];
  const events = [
    event("flower-server-7d9-x", "Pulled", "pulled", 50, 3),
    event("flower-server-7d9-x", "Pulling", 'Pulling image "x"', 60, 40),
  ];
  expect(waitingForServer(snapshot({ pods, events }))).toEqual({
    text: "waiting for the server: ContainerCreating",
    busy: false,
  });
});

test("an image that could not be pulled once is reported, also during the next try", () => {
  const pods = [pod("flower-server-7d9-x", { state: { waiting: { reason: "ErrImagePull" } } })];
  const events = [
    event("flower-server-7d9-x", "Failed", 'Failed to pull image "x"', 50, 20),
    event("flower-server-7d9-x", "Pulling", 'Pulling image "x"', 60, 3),
  ];
  expect(waitingForServer(snapshot({ pods, events }))).toEqual({
    text: "waiting for the server: its image cannot be pulled yet",
    busy: false,
  });
});

test.each([
  [{ state: { running: {} } }, "it has started"],
  [{ state: { terminated: { exitCode: 3 } } }, "it ended with exit code 3"],
])("a container in state %j is described as: %s", (container, text) => {
  const pods = [pod("flower-server-7d9-x", container)];
  expect(waitingForServer(snapshot({ pods })).text).toBe(`waiting for the server: ${text}`);
});

test("a pod that no node has taken yet is described so", () => {
  const pods = [pending("flower-server-7d9-x", "0/1 nodes are available", 3)];
  expect(waitingForServer(snapshot({ pods })).text).toBe(
    "waiting for the server: no node takes its pod yet",
  );
});

test("missing clients are counted and named", () => {
  const text = "waiting for 1 of 2 clients: client 1";
  expect(waitingForClients(waiting, snapshot())).toEqual({ text, busy: false });
  expect(waitingForClients(waiting, null)).toEqual({ text, busy: false });
});

test("missing clients that are held up come first, with what holds them, three at most", () => {
  const pods = [
    running("flower-client-1"),
    pod("flower-client-2", { state: { waiting: { reason: "ContainerCreating" } } }),
    pending("flower-client-3", "0/1 nodes are available", 3),
    running("flower-client-4"),
    running("flower-server-7d9-x"),
  ];
  const events = [event("flower-client-2", "Pulling", 'Pulling image "x"')];
  const five = { nodes: [5, 6, 7], waitingFor: [0, 1, 2, 3, 4] };
  expect(waitingForClients(five, snapshot({ pods, events }))).toEqual({
    text: "waiting for 5 of 8 clients: client 0 (it has no pod yet), client 2 (pulling localhost:5555/kubeflower:abc on node node-1), client 3 (no node takes its pod yet), 2 more",
    busy: true,
  });
});

test("pods that are ready are counted, of all that the stack declares", () => {
  const conditions = [{ type: "Ready", status: "True" }];
  const pods = [
    pod("flower-server-7d9-x", {}, { status: { conditions } }),
    running("flower-client-0"),
  ];
  expect(podsReady(snapshot({ pods }))).toBe("pods: 1 of 3 ready");
  expect(podsReady(snapshot({ pods: [] }))).toBe("pods: 0 of 3 ready");
});
