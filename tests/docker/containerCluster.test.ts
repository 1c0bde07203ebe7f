import { afterEach, beforeEach, expect, it } from "vitest";

import { clusterByNames, containerCluster } from "../../docker/containerCluster.ts";
import { DockerApi } from "../../docker/dockerApi.ts";
import { FakeDocker } from "../support/fakeDocker.ts";

const KIND = { labels: { "io.x-k8s.kind.cluster": "lab" } };
const K3D = { labels: { "k3d.cluster": "lab" } };
const node = (name: string, runtime = "containerd://2.1.4") => ({
  name,
  runtime,
  kernel: "6.1",
  bootId: "a",
});
let fake: FakeDocker;
let docker: DockerApi;

beforeEach(async () => {
  fake = await FakeDocker.start();
  docker = await DockerApi.connect({ host: fake.host });
});

afterEach(() => {
  fake.stop();
});

it("reads a cluster's maker and name from its containers, whatever the context is called", async () => {
  fake.containers = { "lab-control-plane": KIND, "lab-worker": KIND, "k3d-lab-server-0": K3D };
  const nodes = [node("lab-control-plane"), node("lab-worker")];
  expect(await containerCluster("kind", docker, nodes)).toEqual({ maker: "kind", name: "lab" });
  const k3d = await containerCluster("k3d", docker, [node("k3d-lab-server-0")]);
  expect(k3d).toEqual({ maker: "k3d", name: "lab" });
  // Docker Desktop makes clusters of several nodes by kind.
  const desktop = await containerCluster("docker-desktop", docker, [node("lab-worker")]);
  expect(desktop).toEqual({ maker: "kind", name: "lab" });
});

it.each([
  [
    "kind",
    "gone",
    /^node gone is no container of the Docker at unix:\S+ — cluster kind runs in the Docker that builds the image — name the Docker that kind took: export DOCKER_HOST=<address>; or pulumi config set cluster remote, with a registry$/,
  ],
  [
    "docker-desktop",
    "gone",
    /^node gone runs on containerd:\/\/2\.1\.4, and not on the Docker at unix:\S+ — cluster docker-desktop shares the images of the Docker that builds — choose kubeadm in Docker Desktop's settings, or dockerd \(moby\) in Rancher Desktop's; or pulumi config set cluster remote, with a registry$/,
  ],
  [
    "kind",
    "stopped",
    /^node stopped is a stopped container — the image must get to each node — docker start stopped$/,
  ],
  [
    "kind",
    "k3d-lab-server-0",
    /^the container k3d-lab-server-0 is no node that kind has made — cluster kind is made by kind — pulumi config set cluster k3d$/,
  ],
  [
    "k3d",
    "strange",
    /^the container strange is no node that k3d has made — cluster k3d is made by k3d — pulumi config set cluster remote, with a registry$/,
  ],
] as const)("refuses cluster %s with node %s", async (kind, name, sentence) => {
  fake.containers = {
    stopped: { ...KIND, running: false },
    "k3d-lab-server-0": K3D,
    strange: {},
  };
  await expect(containerCluster(kind, docker, [node(name)])).rejects.toThrow(sentence);
});

it("refuses a cluster without nodes", async () => {
  await expect(containerCluster("kind", docker, [])).rejects.toThrow(
    "the cluster has no nodes — the image must get to one — start its nodes",
  );
});

it("reads a cluster's name from its nodes where Docker cannot be asked", () => {
  const kind = clusterByNames("kind", [node("my-lab-worker"), node("my-lab-control-plane2")]);
  expect(kind).toEqual({ maker: "kind", name: "my-lab" });
  const k3d = clusterByNames("k3d", [node("k3d-my-lab-agent-0"), node("k3d-my-lab-server-0")]);
  expect(k3d).toEqual({ maker: "k3d", name: "my-lab" });
  const desktop = clusterByNames("docker-desktop", [node("desktop-control-plane")]);
  expect(desktop).toEqual({ maker: "kind", name: "desktop" });
  expect(() => clusterByNames("kind", [node("one"), node("two")])).toThrow(
    "the cluster's nodes are one, two — kind names its nodes by their cluster — set the kind that it has, or pulumi config set cluster remote, with a registry",
  );
});
