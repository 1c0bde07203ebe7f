import * as pulumi from "@pulumi/pulumi";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { meetDocker } from "../../components/dockerContact.ts";
import { dockerFault } from "../../docker/fault.ts";
import type { Delivery } from "../../settings/rules.ts";

vi.mock("../../docker/fault.ts", () => ({ dockerFault: vi.fn() }));

const [UPDATE, PREVIEW] = [true, false];
const SENTENCE = "the image cannot be built: it is old — it may be new — renew it";
const warned: string[] = [];

beforeEach(() => {
  warned.length = 0;
  vi.mocked(dockerFault).mockReset().mockResolvedValue("it is old — it may be new — renew it");
  vi.spyOn(pulumi.log, "warn").mockImplementation((message) => {
    warned.push(message);
    return Promise.resolve();
  });
});

afterEach(() => {
  vi.restoreAllMocks();
});

it.each<Delivery>([
  { by: "registry", registry: "ghcr.io/you" },
  { by: "minikube", profile: "minikube", builder: "docker" },
  { by: "nodes", cluster: "kind", context: "kind-lab" },
])("refuses an update whose Docker cannot build for %j, and warns in its preview", async (by) => {
  const update = meetDocker(by, UPDATE);
  await expect(update).rejects.toThrow(new pulumi.RunError(SENTENCE));
  expect(warned).toEqual([]);
  await meetDocker(by, PREVIEW);
  expect(warned).toEqual([SENTENCE]);
});

it.each<Delivery>([
  { by: "reference", image: "it@sha256:0" },
  { by: "minikube", profile: "minikube", builder: "minikube" },
])("asks no Docker for %j", async (by) => {
  await meetDocker(by, UPDATE);
  expect(dockerFault).not.toHaveBeenCalled();
});

it("lets an update begin whose Docker can build", async () => {
  vi.mocked(dockerFault).mockResolvedValue(undefined);
  await meetDocker({ by: "registry", registry: "ghcr.io/you" }, UPDATE);
  expect(warned).toEqual([]);
});
