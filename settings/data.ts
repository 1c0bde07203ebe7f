import { dataItem } from "./dataItem.ts";
import { PATTERNS, type DataVolume } from "./dataVolume.ts";
import type { Reading, Setting } from "./kinds.ts";
import { PARTITION } from "./placeholder.ts";
import { SIZE } from "./resources.ts";

/** Names of a client's volumes that are there anyway. */
const OURS = ["tmp", "shared-memory", "proof"];

/** A setting for the volumes with the clients' own data. */
export function dataVolumes(about: string): Setting<readonly DataVolume[]> {
  return {
    about,
    default: [],
    unset: "what the image holds",
    allowed: `a list of objects: path, readOnly, and one of claim (with subPath), hostPath, nfs (server and path), size (with storageClass); ${PARTITION} where the files are is the client's own`,
    schemas: [{ const: "" }, { type: "array", items: schema() }],
    read: (text, reading) => {
      const volumes = listOf(text, reading).map((item, at) => dataItem(item, at, reading));
      for (const at of volumes.keys()) refuseClash(volumes, at, reading);
      return volumes.flatMap((volume) => volume ?? []);
    },
  };
}

function schema(): object {
  const text = ({ source }: RegExp): object => ({ type: "string", pattern: source });
  const folder = text(PATTERNS.folder);
  const server = text(PATTERNS.host);
  return {
    type: "object",
    properties: {
      path: folder,
      readOnly: { type: "boolean" },
      claim: text(PATTERNS.claim),
      subPath: text(PATTERNS.below),
      hostPath: folder,
      nfs: {
        type: "object",
        properties: { server, path: folder },
        required: ["server", "path"],
        additionalProperties: false,
      },
      size: { anyOf: [text(SIZE.pattern), { type: "number" }] },
      storageClass: text(PATTERNS.name),
    },
    required: ["path"],
    oneOf: ["claim", "hostPath", "nfs", "size"].map((key) => ({ required: [key] })),
    additionalProperties: false,
  };
}

/** Objects of a list as JSON; empty with a fault when it is none. */
function listOf(text: string, { key, faults }: Reading): object[] {
  if (text === "") return [];
  try {
    const value: unknown = JSON.parse(text);
    const isObject = (one: unknown): one is object =>
      typeof one === "object" && one !== null && !Array.isArray(one);
    if (Array.isArray(value) && value.every(isObject)) return value;
  } catch {
    // It is no JSON at all.
  }
  const remedy = `${faults.remove(key)}; ${faults.set(`${key}[0].path`, "/data")}`;
  faults.add(key, `${key} is "${text}"`, "it must be a list of objects", remedy);
  return [];
}

/** Refuses a volume in or around an earlier one, and one whose name is taken. */
function refuseClash(
  volumes: readonly (DataVolume | undefined)[],
  at: number,
  { key, faults }: Reading,
): void {
  const volume = volumes[at];
  const before = volumes.slice(0, at).flatMap((one) => one ?? []);
  const why = volume === undefined ? undefined : clash(volume, before);
  if (why === undefined) return;
  const place = `${key}[${at}].path`;
  faults.add(key, `${place} is "${volume?.path ?? ""}"`, why, faults.set(place, `/data${at}`));
}

function clash({ path, name }: DataVolume, before: readonly DataVolume[]): string | undefined {
  if (before.some((one) => one.path === path)) return "a volume is there already";
  const around = before.find((one) => inside(path, one.path) || inside(one.path, path));
  if (around !== undefined) return `no volume may be inside another, and one is at ${around.path}`;
  const same = before.find((one) => one.name === name);
  if (same !== undefined) return `the volume at ${same.path} is called ${name} already`;
  return OURS.includes(name) ? `a volume of each pod is called ${name} already` : undefined;
}

function inside(inner: string, outer: string): boolean {
  return `${inner}/`.startsWith(`${outer}/`);
}
