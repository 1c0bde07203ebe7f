import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import { expect, test } from "vitest";

import { image, pullFinding } from "../../../../cli/doctor/checks/image.ts";
import { FakeApi } from "../../support/fakeApi.ts";
import { pod, running, snapshot } from "../../support/objects.ts";

test("pods that have started the image prove that nodes have it", () => {
  expect(pullFinding(snapshot())?.text).toBe(
    "the nodes have the image: 3 of 3 pods have started it",
  );
  const early = pod("flower-client-0", { state: { waiting: { reason: "ContainerCreating" } } });
  expect(pullFinding(snapshot({ pods: [running("flower-server-1"), early] }))).toEqual({
    state: "unchecked",
    text: "1 of 2 pods have started the image, the others not yet",
    remedy: null,
  });
  expect(pullFinding(snapshot({ pods: [] }))).toBe(null);
});

test("an image that cannot be pulled is a fault", () => {
  const waiting = { reason: "ErrImagePull", message: "manifest unknown" };
  const found = pullFinding(snapshot({ pods: [pod("flower-server-1", { state: { waiting } })] }));
  expect(found).toMatchObject({
    state: "fault",
    text: "image localhost:5555/kubeflower:abc cannot be pulled (pod flower-server-1): manifest unknown; the cluster's nodes must be able to pull it",
    remedy:
      "push it, or name another: pulumi config set image <name>@sha256:<digest>, or pulumi config set registry <host>",
  });
});

test("without pods a registry that answers is a hint only", async () => {
  const registry = createServer((_, response) => response.writeHead(401).end());
  await new Promise<void>((listens) => registry.listen(0, "127.0.0.1", listens));
  const host = `127.0.0.1:${(registry.address() as AddressInfo).port}`;
  const api = await FakeApi.start();
  const patient = api.patient({
    settings: { registry: `${host}/you` },
    snapshot: () => Promise.resolve(null),
  });
  const there = await image.run(patient);
  registry.close();
  registry.closeAllConnections();
  const gone = await image.run(patient);
  api.stop();
  const text = (answers: string) =>
    `no pod is there that would have pulled the image; registry ${host}/you ${answers} from here, which says little of the nodes`;
  expect([there.state, there.text, gone.text]).toEqual([
    "unchecked",
    text("answers"),
    text("does not answer"),
  ]);
});
