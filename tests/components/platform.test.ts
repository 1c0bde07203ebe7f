import { expect, it } from "vitest";
import { choosePlatform, type Platform } from "../../components/platform.ts";

const CONTROL_PLANE = { key: "node-role.kubernetes.io/control-plane", effect: "NoSchedule" };
const OWN = `linux/${process.arch === "x64" ? "amd64" : process.arch}`;

function node(architecture: string, more: object = {}, taints: object[] = []): object {
  const nodeInfo = {
    architecture,
    operatingSystem: "linux",
    containerRuntimeVersion: "containerd://2.1.4",
    ...more,
  };
  return { metadata: { name: "it" }, spec: { taints }, status: { nodeInfo } };
}

/** Chooses for a cluster that answers a request for its nodes with this. */
function choose(answer: unknown, wanted?: string): Promise<Platform> {
  const get = <T>(path: string): Promise<T> => {
    expect(path).toBe("/api/v1/nodes?limit=500");
    return Promise.resolve(answer as T);
  };
  return choosePlatform(wanted, { get });
}

it.each([undefined, null, {}, { items: [] }])(
  "is this machine's when the nodes are %j",
  async (list) => {
    expect(await choose(list)).toEqual({ name: OWN, runtime: undefined });
  },
);

it.each([
  ["linux/arm64", [node("arm64"), node("arm64")]],
  ["linux/amd64", [node("amd64")]],
  ["linux/arm64", [node("amd64", {}, [CONTROL_PLANE]), node("arm64")]],
  ["linux/arm64", [node("amd64", { operatingSystem: "windows" }), node("arm64")]],
])("is %s, without a word, where all nodes that run pods are", async (name, items) => {
  expect(await choose({ items })).toEqual({ name, runtime: "containerd" });
});

it("is amd64 on a mixed cluster, says so, and keeps the pods from the other nodes", async () => {
  const items = [node("arm64"), node("amd64"), node("arm64")];
  expect(await choose({ items })).toEqual({
    name: "linux/amd64",
    nodes: { "kubernetes.io/arch": "amd64" },
    warning:
      "the cluster's nodes are 2 arm64 and 1 amd64 — the image is for linux/amd64, and its pods run on these nodes alone — for the others: pulumi config set platform linux/arm64",
    runtime: "containerd",
  });
});

it("is the one that is set, on a mixed cluster too", async () => {
  const items = [node("arm64"), node("amd64")];
  expect(await choose({ items }, "linux/arm64")).toMatchObject({
    name: "linux/arm64",
    nodes: { "kubernetes.io/arch": "arm64" },
  });
});

it("is the one that is set where no node has it, as one may come", async () => {
  expect(await choose({ items: [node("amd64")] }, "linux/arm64")).toEqual({
    name: "linux/arm64",
    nodes: { "kubernetes.io/arch": "arm64" },
    warning:
      "the cluster's nodes are 1 amd64 — the image is for linux/arm64, and its pods wait for such a node — for the others: pulumi config set platform linux/amd64",
    runtime: "containerd",
  });
  expect((await choose({ items: [node("s390x")] })).warning).toMatch(
    /— add a node of (amd|arm)64$/,
  );
});
