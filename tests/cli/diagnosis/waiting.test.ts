import { expect, test } from "vitest";

import { waitingForClients, waitingForServer } from "../../../cli/diagnosis/waiting.ts";
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
    text: "waiting for the server: pulling localhost:5555/kubeflower:abc",
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

test("missing clients are counted", () => {
  expect(waitingForClients(waiting, snapshot())).toEqual({
    text: "waiting for clients: 1 of 2 connected",
    busy: false,
  });
  expect(waitingForClients(waiting, null).text).toBe("waiting for clients: 1 of 2 connected");
});

test("the first missing client that is held up is named, not one that is connected", () => {
  const pods = [
    pending("flower-client-0", "0/1 nodes are available", 3),
    pending("flower-client-1", "0/1 nodes are available", 3),
    running("flower-server-7d9-x"),
  ];
  expect(waitingForClients(waiting, snapshot({ pods })).text).toBe(
    "waiting for clients: 1 of 2 connected (flower-client-1: no node takes its pod yet)",
  );
});
