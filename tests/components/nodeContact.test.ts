import * as pulumi from "@pulumi/pulumi";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { meetNodes } from "../../components/nodeContact.ts";
import { dockerFault } from "../../docker/fault.ts";
import { nodesFault } from "../../docker/localNodes.ts";
import type { Delivery } from "../../settings/rules.ts";

vi.mock("../../docker/fault.ts", () => ({ dockerFault: vi.fn() }));
vi.mock("../../docker/localNodes.ts", () => ({ nodesFault: vi.fn() }));

const [UPDATE, PREVIEW] = [true, false];
const NODES: Delivery = { by: "nodes", cluster: "kind", context: "kind-lab" };
const LIST = { items: [{ metadata: { name: "one" } }] };
const SENTENCE = "the image cannot be loaded: kind is missing — it loads — install it";
const warned: string[] = [];

beforeEach(() => {
  warned.length = 0;
  vi.mocked(dockerFault).mockReset().mockResolvedValue(undefined);
  vi.mocked(nodesFault).mockReset().mockResolvedValue("kind is missing — it loads — install it");
  vi.spyOn(pulumi.log, "warn").mockImplementation((message) => {
    warned.push(message);
    return Promise.resolve();
  });
});

afterEach(() => {
  vi.restoreAllMocks();
});

/** Meets nodes that the API server lists so. */
function meet(delivery: Delivery, list: unknown, update: boolean): Promise<void> {
  return meetNodes(delivery, { get: <T>() => Promise.resolve(list as T) }, update);
}

it("refuses an update whose image cannot get to the nodes, and warns in its preview", async () => {
  await expect(meet(NODES, LIST, UPDATE)).rejects.toThrow(new pulumi.RunError(SENTENCE));
  expect(warned).toEqual([]);
  await meet(NODES, LIST, PREVIEW);
  expect(warned).toEqual([SENTENCE]);
  expect(nodesFault).toHaveBeenCalledWith("kind", [
    { name: "one", runtime: "", kernel: "", bootId: "" },
  ]);
});

it("judges no nodes that it cannot see, none that pull their image, and none without a Docker", async () => {
  await meet(NODES, undefined, UPDATE);
  await meet({ by: "registry", registry: "ghcr.io/you" }, LIST, UPDATE);
  vi.mocked(dockerFault).mockResolvedValue("no Docker — there must be one — start it");
  await meet(NODES, LIST, UPDATE);
  expect(nodesFault).not.toHaveBeenCalled();
});

it("tells a cluster that is no minikube, and takes one that is", async () => {
  const delivery: Delivery = { by: "minikube", profile: "prod", builder: "minikube" };
  const sentence = /^the image cannot be loaded: the cluster of context prod is no minikube /;
  await expect(meet(delivery, LIST, UPDATE)).rejects.toThrow(sentence);
  await meet(delivery, LIST, PREVIEW);
  expect(warned).toEqual([expect.stringMatching(sentence)]);
  await meet(delivery, undefined, UPDATE);
  const labels = { "minikube.k8s.io/name": "prod" };
  await meet(delivery, { items: [{ metadata: { name: "prod", labels } }] }, UPDATE);
});
