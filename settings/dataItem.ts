import { NAMES } from "../contract/names.ts";
import { draftOf, type Draft } from "./dataDraft.ts";
import { PATTERNS, type DataSource, type DataVolume } from "./dataVolume.ts";
import { orList } from "./faults.ts";
import type { Reading, TextRule } from "./kinds.ts";
import { nearestName } from "./nearestName.ts";
import { corrected, PARTITION, PLACEHOLDER } from "./placeholder.ts";
import { SIZE } from "./resources.ts";

const FOLDER = { pattern: PATTERNS.folder, allowed: "an absolute path without : $ { } and .." };
const NAME = { pattern: PATTERNS.name, allowed: "small letters, digits, dashes and dots" };

/** Rules of the texts of a volume; those of `nfs` have a dot. */
const TEXTS = {
  path: { ...FOLDER, example: "/data" },
  claim: {
    pattern: PATTERNS.claim,
    allowed: `the name of a claim in the stack's namespace: ${NAME.allowed}`,
    example: "<claim>",
  },
  subPath: {
    pattern: PATTERNS.below,
    allowed: "a path without .., as sites/a",
    example: PARTITION,
  },
  hostPath: { ...FOLDER, example: "/srv/data" },
  "nfs.server": { pattern: PATTERNS.host, allowed: "a name or an address", example: "<server>" },
  "nfs.path": { ...FOLDER, example: "/export" },
  size: SIZE,
  storageClass: {
    pattern: PATTERNS.name,
    allowed: `${NAME.allowed}; left out, it is the cluster's default`,
    example: "standard",
  },
} as const satisfies Record<string, TextRule>;
type Text = keyof typeof TEXTS;
const SOURCES = ["claim", "hostPath", "nfs", "size"] as const;
type Kind = (typeof SOURCES)[number];
/** Keys that only one kind of source has. */
const ONLY: Readonly<Partial<Record<Text, Kind>>> = { subPath: "claim", storageClass: "size" };

/** Words of Kubernetes' for keys of a volume. */
const KUBERNETES: Readonly<Record<string, Text>> = {
  mountPath: "path",
  persistentVolumeClaim: "claim",
  claimName: "claim",
  pvc: "claim",
  storageClassName: "storageClass",
  storage: "size",
};

/** Folders that the image's programs need as they are. */
const TAKEN =
  /^\/(|var|var\/lib|(app|bin|boot|dev|etc|lib|lib32|lib64|opt|proc|root|run|sbin|sys|tmp|usr|var\/run|var\/lib\/kubeflower)(\/.*)?)$/;
/** End of the names that a StatefulSet gives its claims. */
const OWN = `-${NAMES.client}-${PARTITION}`;

/** Reads a volume of the setting; undefined when it has faults, which are all told. */
export function dataItem(item: object, at: number, reading: Reading): DataVolume | undefined {
  const draft = draftOf(item, `${reading.key}[${at}]`, reading);
  const before = reading.faults.found.length;
  for (const name of Object.keys(draft.values)) checkKey(draft, name);
  const kind = onlyKind(draft, `${reading.key}[${at}]`, reading);
  if (draft.values.path === undefined && !draft.meant.has("path")) {
    draft.add("path", `it must be ${FOLDER.allowed}`, "/data");
  }
  if (reading.faults.found.length > before || kind === undefined) return undefined;
  const volume = volumeOf(draft, kind);
  checkPlaces(draft, volume);
  return reading.faults.found.length > before ? undefined : volume;
}

function checkKey({ values, meant, add, replace }: Draft, name: string): void {
  const value = values[name];
  const right = typeof value === "string" ? corrected(value) : undefined;
  if (name === "readOnly") {
    if (typeof value !== "boolean") add(name, "it must be true or false", "true");
  } else if (name === "nfs") {
    const [, server = "<server>", path = "/export"] = /^([^:/]+):(\/.*)$/.exec(String(value)) ?? [];
    const others = [
      ["nfs.server", server],
      ["nfs.path", path],
    ];
    replace(name, "it must have server and path", others);
  } else if (right !== undefined) {
    add(name, PLACEHOLDER, right);
  } else if (name in TEXTS) {
    const { pattern, allowed, example } = TEXTS[name as Text];
    // YAML reads a size of digits alone as a number.
    const text = typeof value === "number" ? String(value) : value;
    if (typeof text !== "string" || !pattern.test(text)) {
      add(name, `it must be ${allowed}`, example);
    }
  } else {
    const keys = [...Object.keys(TEXTS), "readOnly"];
    const nearest = KUBERNETES[name] ?? nearestName(name, keys);
    meant.add(nearest ?? name);
    if (nearest === undefined) {
      add(name, `a volume has ${orList(keys)}`);
      return;
    }
    const given = ["string", "number", "boolean"].includes(typeof value)
      ? String(value)
      : "<value>";
    replace(name, `did you mean ${nearest}?`, nearest in values ? [] : [[nearest, given]]);
  }
}

/** A text; YAML reads one of digits alone as a number. */
function textOf(value: unknown): string | undefined {
  return typeof value === "number" || typeof value === "string" ? String(value) : undefined;
}

/** The one key that says where the files are. */
function onlyKind(
  { values, meant, add }: Draft,
  place: string,
  { key, faults }: Reading,
): Kind | undefined {
  const has = (kind: Kind): boolean =>
    [...Object.keys(values), ...meant].some((name) => name === kind || name.startsWith(`${kind}.`));
  const [kind, second] = SOURCES.filter(has);
  // An unknown key may mean the place.
  if (kind === undefined && meant.size > 0) return undefined;
  if (kind === undefined || second !== undefined) {
    const wrong = kind === undefined ? "no place of its files" : `${kind} and ${second ?? ""}`;
    const remedy =
      second === undefined
        ? faults.set(`${place}.hostPath`, "/srv/data")
        : faults.remove(`${place}.${second}`);
    faults.add(key, `${place} has ${wrong}`, `it must have one of ${orList(SOURCES)}`, remedy);
    return undefined;
  }
  for (const [name, needed] of Object.entries(ONLY)) {
    if (values[name] !== undefined && kind !== needed) add(name, `only a ${needed} has one`);
  }
  const needed =
    kind === "nfs" && values.nfs === undefined ? (["nfs.server", "nfs.path"] as const) : [];
  for (const name of needed) {
    if (values[name] === undefined && !meant.has(name)) {
      add(name, "a folder of a server has both", TEXTS[name].example);
    }
  }
  return kind;
}

/** The volume of a draft whose parts are right each by itself. */
function volumeOf({ values }: Draft, kind: Kind): DataVolume {
  const text = (name: Text): string | undefined => textOf(values[name]);
  const path = text("path") ?? "";
  const { readOnly = kind !== "size" } = values as { readOnly?: boolean };
  const named = path
    .slice(1)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-");
  const claim = text("claim") ?? "";
  const folder = kind === "nfs" ? text("nfs.path") : text("hostPath");
  const [root, below] = folder === undefined ? ["/", text("subPath")] : split(folder);
  const volume = { name: named, path, readOnly, subPath: below };
  const sources: Record<Kind, () => DataSource> = {
    claim: () => (claim.includes(PARTITION) ? { kind: "claims" } : { kind: "claim", claim }),
    hostPath: () => ({ kind: "hostPath", path: root }),
    nfs: () => ({ kind: "nfs", server: text("nfs.server") ?? "", path: root }),
    size: () => ({ kind: "size", size: text("size") ?? "", storageClass: text("storageClass") }),
  };
  const source = sources[kind]();
  return source.kind === "claims"
    ? { ...volume, source, name: claim.slice(0, -OWN.length) }
    : { ...volume, source };
}

/** Splits a folder before the first part with {partition}: a client sees its own folder alone. */
function split(path: string): [root: string, below: string | undefined] {
  const parts = path.split("/");
  const first = parts.findIndex((part) => part.includes(PARTITION));
  if (first < 0) return [path, undefined];
  return [parts.slice(0, first).join("/") || "/", parts.slice(first).join("/")];
}

function checkPlaces({ values, add }: Draft, { name, path, source }: DataVolume): void {
  if (path.includes(PARTITION)) {
    add(
      "path",
      `it is the same in all clients: ${PARTITION} belongs to where the files are`,
      "/data",
    );
  } else if (TAKEN.test(path)) {
    add("path", "the image's programs need what is there: another folder", "/data");
  } else if (source.kind !== "claims" && !PATTERNS.label.test(name)) {
    add("path", "its letters a to z and digits must make a name of at most 63", "/data");
  }
  if (source.kind === "hostPath" && source.path === "/") {
    const below = (textOf(values.hostPath) ?? "").replace(/^\/$/, "/data");
    add("hostPath", "no client may see a whole node: a folder below", `/srv${below}`);
  }
  if (source.kind === "claims" && `${name}${OWN}` !== values.claim) {
    add(
      "claim",
      `clients can have claims called <name>${OWN}, as Kubernetes gives them`,
      "<claim>",
    );
  } else if (source.kind === "claims" && !PATTERNS.label.test(name)) {
    add("claim", "its name must have no dots", `data${OWN}`);
  }
}
