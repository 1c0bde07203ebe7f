import { expect, it } from "vitest";
import { nodeFolders, systemFolder, volumeKinds } from "../../../policy/rules/volumes.ts";
import { refusals, type Resource } from "../support/refusals.ts";

function volume(spec: object): Resource {
  return { type: "kubernetes:core/v1:PersistentVolume", name: "data", props: { spec } };
}

function pod(...volumes: object[]): Resource {
  return {
    type: "kubernetes:core/v1:Pod",
    name: "client",
    props: { spec: { containers: [], volumes } },
  };
}

it("lets pods mount claims and what Kubernetes itself makes", async () => {
  const volumes = [
    { name: "data", persistentVolumeClaim: { claimName: "data" } },
    { name: "tmp", emptyDir: {} },
    { name: "proof", projected: { sources: [] } },
  ];
  expect(await refusals(volumeKinds, pod(...volumes))).toEqual([]);
});

it("refuses storage that is mounted past claims", async () => {
  const nfs = { name: "nas", nfs: { server: "nas", path: "/" } };
  expect(await refusals(volumeKinds, pod(nfs))).toEqual([
    expect.stringContaining(
      "volume nas: nfs is mounted past all claims — allowed: a persistentVolumeClaim — ",
    ),
  ]);
});

it.each([{ local: { path: "/srv/data" } }, { hostPath: { path: "/srv/data" } }])(
  "tells reviewers which folder of nodes pods reach: %j",
  async (source) => {
    const told = async (...accessModes: string[]) =>
      refusals(nodeFolders, volume({ ...source, accessModes }));
    expect(await told("ReadOnlyMany")).toEqual([
      expect.stringContaining("pods with its claim may read folder /srv/data of their node — best"),
    ]);
    expect(await told("ReadWriteMany")).toEqual([
      expect.stringContaining("may read and write folder /srv/data"),
    ]);
    expect(await refusals(systemFolder, volume(source))).toEqual([]);
  },
);

it.each(["/", "/etc", "/etc/kubernetes", "/var", "/var/lib", "/var/lib/kubelet/pods", "/proc"])(
  "refuses the system's folder %s",
  async (path) => {
    expect(await refusals(systemFolder, volume({ local: { path } }))).toEqual([
      expect.stringContaining(`${path} is a folder of the node's system — allowed`),
    ]);
    expect(await refusals(nodeFolders, volume({ local: { path } }))).toEqual([]);
  },
);

it.each(["/var/data", "/var/lib/data", "/home/lab"])("lets pods have %s", async (path) => {
  expect(await refusals(systemFolder, volume({ local: { path } }))).toEqual([]);
});

it("says nothing of volumes that are on no node", async () => {
  const nfs = volume({ nfs: { server: "nas", path: "/" } });
  expect(await refusals(nodeFolders, nfs)).toEqual([]);
});
