import * as pulumi from "@pulumi/pulumi";
import { beforeEach, expect, it, vi } from "vitest";
import { meet } from "../../components/encounter.ts";
import type { ClusterFacts } from "../../kube/clusterFacts.ts";
import { heldState } from "../support/heldState.ts";

const state = heldState();
let cluster: ClusterFacts;

vi.mock("../../kube/clusterFacts.ts", () => ({ clusterFacts: () => Promise.resolve(cluster) }));
vi.mock("../../components/stackState.ts", () => ({ stackState: () => Promise.resolve(state) }));
vi.mock("../../components/dockerContact.ts", () => ({ meetDocker: () => Promise.resolve() }));

const SETTINGS = {
  context: "lab",
  cluster: "remote",
  namespace: "kubeflower",
  createNamespace: true,
  storage: "1Gi",
  storageClass: undefined,
  discard: undefined,
  delivery: { by: "reference", image: "image:1" },
  data: [],
  run: { replicas: 2 },
} as const;

beforeEach(() => {
  const api = { get: () => Promise.resolve(undefined) };
  cluster = { id: "seen", signingKeys: "", api };
});

it("knows the cluster by what this user sees, else by what the state has", async () => {
  expect((await meet(SETTINGS, true)).cluster.id).toBe("seen");
  cluster = { ...cluster, id: "" };
  expect((await meet(SETTINGS, true)).cluster.id).toBe(state.cluster);
});

it("knows another cluster than the last update's by its id, where this user sees one", async () => {
  const elsewhere = async (id: string): Promise<boolean | undefined> => {
    cluster = { ...cluster, id };
    return (await meet(SETTINGS, true)).isElsewhere;
  };
  expect(await elsewhere("seen")).toBe(true);
  expect(await elsewhere(state.cluster ?? "")).toBe(false);
  expect(await elsewhere("")).toBe(false);
});

it("warns in a preview why the cluster cannot be asked", async () => {
  const warn = vi.spyOn(pulumi.log, "warn").mockResolvedValue();
  cluster = { ...cluster, warning: "context lab is not let in" };
  await meet(SETTINGS, false);
  expect(warn).toHaveBeenCalledExactlyOnceWith("context lab is not let in");
});
