import { expect, test } from "vitest";

import { dataFolderSentence } from "../../../cli/diagnosis/dataFolderSentence.ts";
import { cause, pod } from "../support/objects.ts";

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
