import { expect, test } from "vitest";

import {
  dataFolderSentence,
  nodeFolderSentence,
} from "../../../cli/diagnosis/dataFolderSentence.ts";
import { volumeRemedy } from "../../../cli/diagnosis/volumeRemedy.ts";
import { cause, event, pod } from "../support/objects.ts";

const MESSAGE = 'failed to create subPath directory for volumeMount "data-1" of container "client"';
const volumeMounts = [
  { name: "tmp", mountPath: "/tmp" },
  { name: "data-1", mountPath: "/data/1", subPathExpr: "site-$(KUBEFLOWER_PARTITION)/images" },
];

function client(waiting: object) {
  const found = pod("flower-client-3", { state: { waiting } });
  return { ...found, spec: { ...found.spec, containers: [{ name: "client", volumeMounts }] } };
}

test("a client without its folder is told by name, and the folder", () => {
  const waiting = { reason: "CreateContainerConfigError", message: MESSAGE };
  expect(cause({ pods: [client(waiting)] })).toBe(
    "client 3 has no folder site-3/images in the volume for its /data/1 — each client of the setting data needs its own — make it where the files are, and its pod starts by itself; or set replicas to the clients that have one",
  );
});

test("other messages, and paths of other volumes, are told in Kubernetes' words", () => {
  expect(dataFolderSentence(client({}), 'secret "x" not found')).toBeUndefined();
  expect(dataFolderSentence(client({}), MESSAGE.replace("data-1", "tmp"))).toBeUndefined();
});

const MOUNT =
  'MountVolume.NewMounter initialization failed for volume "lab-flower-data-0a1b2c3d" : ';

function mounting() {
  const found = client({ reason: "ContainerCreating" });
  const persistentVolumeClaim = { claimName: "flower-data-0a1b2c3d" };
  return {
    ...found,
    spec: { ...found.spec, volumes: [{ name: "data-1", persistentVolumeClaim }] },
  };
}

test.each([
  ['path "/srv/typo" does not exist', "/srv/typo"],
  ["only directory and block device are supported", "its hostPath"],
])("a node without the folder is told by name: %s", (words, folder) => {
  const events = [event("flower-client-3", "FailedMount", MOUNT + words, 46)];
  expect(cause({ pods: [mounting()], events })).toBe(
    `client 3 cannot have its /data/1: ${folder} is no folder of node node-1 — a hostPath of data must be one on each node that a client may come to — make it there, and the pod starts by itself; or name another in data`,
  );
});

test("other volumes, and other faults of them, are told in Kubernetes' words", () => {
  const words = 'path "/srv/typo" does not exist';
  expect(nodeFolderSentence(mounting(), `${MOUNT}no such device`)).toBeUndefined();
  const other = MOUNT.replace("flower-data-0a1b2c3d", "pvc-1");
  expect(nodeFolderSentence(mounting(), other + words)).toBeUndefined();
});

test.each([
  ["mount.nfs: Failed to resolve server nas.lab: Name or service not known"],
  ["mount.nfs: Connection timed out"],
])("an NFS server that a node cannot reach is told with a way: %s", (words) => {
  expect(volumeRemedy(`MountVolume.SetUp failed: exit status 32 ${words}`, "lab")).toBe(
    "name a server that the nodes can reach, see: kubectl get nodes -o wide",
  );
});
