import { describe, expect, it } from "vitest";
import { Data, type PodData } from "../../components/data.ts";
import type { DataVolume } from "../../settings/dataVolume.ts";
import { recordResources, settled, valueOf, type Recorder } from "../support/mocks.ts";
import * as pulumi from "@pulumi/pulumi";

const VOLUME: DataVolume = {
  name: "data",
  path: "/data",
  source: { kind: "hostPath", path: "/srv/sites" },
  subPath: "{partition}/images",
  readOnly: true,
};

async function data(...volumes: DataVolume[]): Promise<{ recorder: Recorder; pod: PodData }> {
  const recorder = recordResources(false);
  const { mounts, templates, volumes: ofPod } = new Data("d", { namespace: "lab", volumes });
  await settled();
  const pod = await valueOf(pulumi.output({ mounts, templates, volumes: ofPod }));
  return { recorder, pod: pod as PodData };
}

function made({ resources }: Recorder): string[] {
  return resources.map(({ type, name }) => `${type} ${name}`).slice(1);
}

describe("Data", () => {
  it("is the same in whichever order its volumes are written", async () => {
    const size = { kind: "size", size: "1Gi", storageClass: undefined } as const;
    const made = { ...VOLUME, subPath: undefined, source: size, readOnly: false };
    const volumes = ["b", "a"].map((name) => ({ ...made, name, path: `/${name}` }));
    const [one, other] = [await data(...volumes), await data(...volumes.toReversed(), VOLUME)];
    expect(one.pod.templates).toEqual(other.pod.templates);
    expect(other.pod.mounts.map(({ name }) => name)).toEqual(["a", "b", "data"]);
  });

  it("makes a volume and its claim of a folder of the nodes, where each client sees its own", async () => {
    const { recorder, pod } = await data(VOLUME);
    expect(pod).toEqual({
      mounts: [
        {
          name: "data",
          mountPath: "/data",
          readOnly: true,
          subPathExpr: "$(KUBEFLOWER_PARTITION)/images",
        },
      ],
      templates: [],
      volumes: [
        {
          name: "data",
          persistentVolumeClaim: { claimName: "flower-data-c97771d1", readOnly: true },
        },
      ],
    });
    expect(recorder.one("kubernetes:core/v1:PersistentVolume").inputs).toMatchObject({
      metadata: { name: "lab-flower-data-c97771d1", labels: { app: "flower-client" } },
      spec: {
        accessModes: ["ReadOnlyMany"],
        storageClassName: "",
        local: { path: "/srv/sites" },
        nodeAffinity: {
          required: {
            nodeSelectorTerms: [
              {
                matchExpressions: [{ key: "kubernetes.io/os", operator: "In", values: ["linux"] }],
              },
            ],
          },
        },
        capacity: { storage: "1Mi" },
        claimRef: { namespace: "lab", name: "flower-data-c97771d1" },
        persistentVolumeReclaimPolicy: "Retain",
      },
    });
    expect(recorder.one("kubernetes:core/v1:PersistentVolumeClaim").inputs).toMatchObject({
      metadata: { name: "flower-data-c97771d1", namespace: "lab" },
      spec: {
        accessModes: ["ReadOnlyMany"],
        storageClassName: "",
        volumeName: "lab-flower-data-c97771d1",
        resources: { requests: { storage: "1Mi" } },
      },
    });
  });

  it("mounts a folder of an NFS server read-only, or for writing", async () => {
    const source = { kind: "nfs", server: "nas.lab", path: "/export" } as const;
    const spec = async (readOnly: boolean) => {
      const { recorder } = await data({ ...VOLUME, source, readOnly });
      return recorder.one("kubernetes:core/v1:PersistentVolume").inputs.spec;
    };
    expect(await spec(true)).toMatchObject({
      accessModes: ["ReadOnlyMany"],
      nfs: { server: "nas.lab", path: "/export", readOnly: true },
    });
    expect(await spec(false)).toMatchObject({
      accessModes: ["ReadWriteMany"],
      nfs: { server: "nas.lab", path: "/export", readOnly: false },
    });
  });

  it("shares a folder between volumes, and gives another folder another name", async () => {
    const other = { kind: "hostPath", path: "/srv/other" } as const;
    const { recorder } = await data(
      VOLUME,
      { ...VOLUME, name: "labels", path: "/labels", subPath: "{partition}/labels" },
      { ...VOLUME, name: "other", path: "/other", source: other },
    );
    expect(made(recorder)).toHaveLength(4);
    expect(new Set(made(recorder)).size).toBe(4);
  });

  it("takes a claim that exists for all clients", async () => {
    const source = { kind: "claim", claim: "images" } as const;
    const { recorder, pod } = await data({ ...VOLUME, source, subPath: undefined });
    expect(made(recorder)).toEqual([]);
    expect(pod).toEqual({
      mounts: [{ name: "data", mountPath: "/data", readOnly: true }],
      templates: [],
      volumes: [{ name: "data", persistentVolumeClaim: { claimName: "images", readOnly: true } }],
    });
  });

  it("gives each client a claim of its own, made or found by its name", async () => {
    const size = { kind: "size", size: "1Gi", storageClass: "fast" } as const;
    const { recorder, pod } = await data(
      { ...VOLUME, source: size, subPath: undefined, readOnly: false },
      { ...VOLUME, name: "images", path: "/images", source: { kind: "claims" } },
    );
    expect(made(recorder)).toEqual([]);
    expect(pod.volumes).toEqual([]);
    expect(pod.mounts[0]).toEqual({ name: "data", mountPath: "/data", readOnly: false });
    expect(pod.templates).toEqual([
      {
        metadata: { name: "data" },
        spec: {
          accessModes: ["ReadWriteOnce"],
          storageClassName: "fast",
          resources: { requests: { storage: "1Gi" } },
        },
      },
      {
        metadata: { name: "images" },
        spec: {
          accessModes: ["ReadWriteOnce"],
          storageClassName: "",
          volumeName: "none",
          resources: { requests: { storage: "1Mi" } },
        },
      },
    ]);
  });
});
