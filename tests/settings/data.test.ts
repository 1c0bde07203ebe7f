import { Ajv } from "ajv";
import { expect, it } from "vitest";

import { dataVolumes } from "../../settings/data.ts";
import { Faults } from "../../settings/faults.ts";

const SETTING = dataVolumes("volumes");

function read(text: string): { value: unknown; faults: string[] } {
  const faults = new Faults("dev");
  const value = SETTING.read(text, { key: "data", fallback: [], faults });
  return {
    value,
    faults: faults.found.map((fault) => [fault.wrong, fault.allowed, fault.remedy].join(" — ")),
  };
}

const WHOLE = { subPath: undefined, readOnly: true };

it.each([
  [
    { path: "/data", claim: "images" },
    { name: "data", path: "/data", source: { kind: "claim", claim: "images" }, ...WHOLE },
  ],
  [
    { path: "/data", claim: "images", subPath: "sites/{partition}", readOnly: false },
    {
      name: "data",
      path: "/data",
      source: { kind: "claim", claim: "images" },
      subPath: "sites/{partition}",
      readOnly: false,
    },
  ],
  [
    { path: "/data", claim: "images-flower-client-{partition}" },
    { name: "images", path: "/data", source: { kind: "claims" }, ...WHOLE },
  ],
  [
    { path: "/data/X_rays", hostPath: "/srv/sites/{partition}/images" },
    {
      name: "data-x-rays",
      path: "/data/X_rays",
      source: { kind: "hostPath", path: "/srv/sites" },
      subPath: "{partition}/images",
      readOnly: true,
    },
  ],
  [
    { path: "/data", nfs: { server: "nas.lab", path: "/{partition}" } },
    {
      name: "data",
      path: "/data",
      source: { kind: "nfs", server: "nas.lab", path: "/" },
      subPath: "{partition}",
      readOnly: true,
    },
  ],
  [
    { path: "/data", nfs: { server: "[fd00::5]", path: "/export/" } },
    {
      name: "data",
      path: "/data",
      source: { kind: "nfs", server: "fd00::5", path: "/export" },
      ...WHOLE,
    },
  ],
  [
    { path: "/data", size: "10Gi" },
    {
      name: "data",
      path: "/data",
      source: { kind: "size", size: "10Gi", storageClass: undefined },
      subPath: undefined,
      readOnly: false,
    },
  ],
  [
    { path: "/data//node/", hostPath: "/srv//sites/{partition}/" },
    {
      name: "data-node",
      path: "/data/node",
      source: { kind: "hostPath", path: "/srv/sites" },
      subPath: "{partition}",
      readOnly: true,
    },
  ],
  [
    { path: "/data", size: 1000000, storageClass: "fast", readOnly: true },
    {
      name: "data",
      path: "/data",
      source: { kind: "size", size: "1000000", storageClass: "fast" },
      ...WHOLE,
    },
  ],
])("reads %j", (item, volume) => {
  expect(read(JSON.stringify([item]))).toEqual({ value: [volume], faults: [] });
  const isValid = new Ajv().compile({ anyOf: SETTING.schemas });
  expect(isValid([item])).toBe(true);
});

it("takes a key without a value as one that is not there", () => {
  const item = { path: "/data", claim: null, nfs: null, size: "1Gi", storageClass: null };
  expect(read(JSON.stringify([item]))).toEqual(read('[{"path":"/data","size":"1Gi"}]'));
});

it("is empty where it is not set", () => {
  expect(read("")).toEqual({ value: [], faults: [] });
});

it("tells all faults of all volumes at once", () => {
  const items = [
    { path: "data", claim: "My_Claim", sise: "1Gi" },
    { path: "/data", hostPath: "/srv/../etc", size: "1Gi", readOnly: "yes" },
    { path: "/more", nfs: { server: "nas" }, storageClass: "fast" },
    {},
  ];
  expect(read(JSON.stringify(items))).toEqual({
    value: [],
    faults: [
      `data[0].path is "data" — it must be an absolute path without : $ { } and .. — pulumi config set --path 'data[0].path' /data -s dev`,
      `data[0].claim is "My_Claim" — it must be the name of a claim in the stack's namespace: small letters, digits, dashes and dots — pulumi config set --path 'data[0].claim' <claim> -s dev`,
      `data[0].sise is "1Gi" — did you mean size? — pulumi config rm --path 'data[0].sise' -s dev; pulumi config set --path 'data[0].size' 1Gi -s dev`,
      `data[0] has claim and size — it must have one of claim, hostPath, nfs or size — pulumi config rm --path 'data[0].size' -s dev`,
      `data[1].hostPath is "/srv/../etc" — it must be an absolute path without : $ { } and .. — pulumi config set --path 'data[1].hostPath' /srv/data -s dev`,
      `data[1].readOnly is "yes" — it must be true or false — pulumi config set --path 'data[1].readOnly' true -s dev`,
      `data[1] has hostPath and size — it must have one of claim, hostPath, nfs or size — pulumi config rm --path 'data[1].size' -s dev`,
      `data[2].storageClass is "fast" — only a size has one — pulumi config rm --path 'data[2].storageClass' -s dev`,
      `data[2].nfs.path is not set — a folder of a server has both — pulumi config set --path 'data[2].nfs.path' /export -s dev`,
      `data[3] has no place of its files — it must have one of claim, hostPath, nfs or size — pulumi config set --path 'data[3].hostPath' /srv/data -s dev`,
      `data[3].path is not set — it must be an absolute path without : $ { } and .. — pulumi config set --path 'data[3].path' /data -s dev`,
    ],
  });
});

const SET = "pulumi config set --path";
it.each([
  [
    { path: "/data/{partition}", size: "1Gi" },
    `data[0].path is "/data/{partition}" — it is the same in all clients: {partition} belongs to where the files are — ${SET} 'data[0].path' /data -s dev`,
  ],
  [
    { path: "/usr/share", size: "1Gi" },
    `data[0].path is "/usr/share" — the image's programs need what is there: another folder — ${SET} 'data[0].path' /data -s dev`,
  ],
  [
    { path: "/", size: "1Gi" },
    `data[0].path is "/" — the image's programs need what is there: another folder — ${SET} 'data[0].path' /data -s dev`,
  ],
  [
    { path: "/_", size: "1Gi" },
    `data[0].path is "/_" — its letters a to z and digits must make a name of at most 63 — ${SET} 'data[0].path' /data -s dev`,
  ],
  [
    { path: "/data", hostPath: "/{partition}" },
    `data[0].hostPath is "/{partition}" — no client may see a whole node: a folder below — ${SET} 'data[0].hostPath' '/srv/{partition}' -s dev`,
  ],
  [
    { path: "/data", claim: "site-{partition}" },
    `data[0].claim is "site-{partition}" — clients can have claims called <name>-flower-client-{partition}, as Kubernetes gives them — ${SET} 'data[0].claim' <claim> -s dev`,
  ],
  [
    { path: "/data", claim: "a.b-flower-client-{partition}" },
    `data[0].claim is "a.b-flower-client-{partition}" — its name must have no dots — ${SET} 'data[0].claim' 'data-flower-client-{partition}' -s dev`,
  ],
  [
    { path: "/data", nfs: "nas:/export" },
    `data[0].nfs is "nas:/export" — it must have server and path — pulumi config rm --path 'data[0].nfs' -s dev; ${SET} 'data[0].nfs.server' nas -s dev; ${SET} 'data[0].nfs.path' /export -s dev`,
  ],
  [
    { path: "/data", nfs: {} },
    `data[0].nfs is {} — it must have server and path — pulumi config rm --path 'data[0].nfs' -s dev; ${SET} 'data[0].nfs.server' <server> -s dev; ${SET} 'data[0].nfs.path' /export -s dev`,
  ],
  [
    { path: "/data", nfs: { server: "nas" } },
    `data[0].nfs.path is not set — a folder of a server has both — ${SET} 'data[0].nfs.path' /export -s dev`,
  ],
  [
    { path: "/data", hostPath: "/srv/my sites/{Partition}" },
    `data[0].hostPath is "/srv/my sites/{Partition}" — the client's number is written {partition}, and is 0, 1, … — ${SET} 'data[0].hostPath' '/srv/my sites/{partition}' -s dev`,
  ],
  [
    { path: "/data", claim: "images", subPath: "{partition:03d}" },
    `data[0].subPath is "{partition:03d}" — the client's number is written {partition}, and is 0, 1, … — ${SET} 'data[0].subPath' '{partition}' -s dev`,
  ],
  [
    { mountPath: "/data", persistentVolumeClaim: { claimName: "images" } },
    `data[0].mountPath is "/data" — did you mean path? — pulumi config rm --path 'data[0].mountPath' -s dev; ${SET} 'data[0].path' /data -s dev`,
    `data[0].persistentVolumeClaim is {"claimName":"images"} — did you mean claim? — pulumi config rm --path 'data[0].persistentVolumeClaim' -s dev; ${SET} 'data[0].claim' <value> -s dev`,
  ],
  [
    { path: "/data", s3: "s3://bucket" },
    `data[0].s3 is "s3://bucket" — a volume has path, claim, subPath, hostPath, nfs.server, nfs.path, size, storageClass or readOnly — pulumi config rm --path 'data[0].s3' -s dev`,
  ],
  [
    { path: "/data", size: 10 },
    `data[0].size is 10 — it must be a size such as 512Mi or 1Gi — ${SET} 'data[0].size' 1Gi -s dev`,
  ],
  [
    { path: "/var/lib", size: "1Gi" },
    `data[0].path is "/var/lib" — the image's programs need what is there: another folder — ${SET} 'data[0].path' /data -s dev`,
  ],
  [
    { path: "/data", hostPath: "/srv", subPath: "{partition}" },
    `data[0].subPath is "{partition}" — only a claim has one — pulumi config rm --path 'data[0].subPath' -s dev`,
  ],
  [
    { path: "/tmp-x", claim: "c", subPath: "../x" },
    `data[0].subPath is "../x" — it must be a path without .., as sites/a — ${SET} 'data[0].subPath' '{partition}' -s dev`,
  ],
])("refuses %j", (item, ...faults) => {
  expect(read(JSON.stringify([item])).faults).toEqual(faults);
});

it.each([
  [
    ["/data", "/data/more"],
    'data[1].path is "/data/more" — no volume may be inside another, and one is at /data',
  ],
  [
    ["/data/more", "/data"],
    'data[1].path is "/data" — no volume may be inside another, and one is at /data/more',
  ],
  [["/data", "/data"], 'data[1].path is "/data" — a volume is there already'],
  [["/a-b", "/a/b"], 'data[1].path is "/a/b" — the volume at /a-b is called a-b already'],
  [["/a", "/proof"], 'data[1].path is "/proof" — a volume of each pod is called proof already'],
])("refuses volumes that clash: %j", (paths, fault) => {
  const text = JSON.stringify(paths.map((path) => ({ path, size: "1Gi" })));
  expect(read(text).faults).toEqual([`${fault} — ${SET} 'data[1].path' /data1 -s dev`]);
});

it.each(["/data", "{}", "[1]", "[[]]"])("refuses %s, which is no list of objects", (text) => {
  expect(read(text).faults).toEqual([
    `data is "${text}" — it must be a list of objects — pulumi config rm data -s dev; ${SET} 'data[0].path' /data -s dev`,
  ]);
});
