import { PORTS } from "../contract/names.ts";
import { OURS as OUR_VARIABLES } from "./env.ts";
import { object, type Reading, type Setting } from "./kinds.ts";
import { PATCH, readField, RETAIN } from "./podField.ts";
import { checkSyntax } from "./podLabels.ts";
import { POD } from "./podSchema.ts";

type Values = Readonly<Record<string, unknown>>;

/** Patch of a pod's template: a partial PodSpec with `metadata` beside it; null deletes a field. */
export type PodPatch = Values;

/** Labels by which Services, budgets and network policies find the pods. */
const OUR_LABELS = /^(app|app\.kubernetes\.io\/(name|part-of|managed-by|component))$/;
/** Directives about a whole object. */
const WHOLE = [PATCH, RETAIN];

/**
 * A setting for the patch of a pod.
 * @param container name of the container that the engine runs in
 */
export function podPatch(container: "server" | "client", about: string): Setting<PodPatch> {
  const key = `${container}Pod`;
  const whole = object({
    about,
    unset: "none",
    allowed:
      "a partial PodSpec with metadata (labels, annotations) beside it, merged as by kubectl patch --type strategic",
    schema: {},
    example: [`${key}.nodeSelector.<label>`, "<value>"],
  });
  return {
    ...whole,
    read: (text, reading) => {
      const given = whole.read(text, reading);
      if (given === undefined) return undefined;
      const read = readField(POD, { value: flat(given, reading), path: key, reading }) as PodPatch;
      checkLabels(read.metadata, reading);
      checkSyntax(read.nodeSelector, `${key}.nodeSelector`, reading);
      checkNeeds(read, container, reading);
      return read;
    },
  };
}

/** Keys that a whole pod or workload has around the spec that a patch is. */
const AROUND = ["spec", "template", "apiVersion", "kind", "status"];

/** The patch without what a whole object has around it, which is told. */
function flat(given: Values, { key, faults }: Reading): Values {
  for (const name of AROUND.filter((one) => one in given)) {
    const [first = "<field>"] = Object.keys(given[name] ?? {});
    const up =
      typeof given[name] === "object" ? `; ${faults.set(`${key}.${first}`, "<value>")}` : "";
    const allowed = "a patch has the fields of a pod's spec, and metadata, at its top";
    const remedy = `${faults.remove(`${key}.${name}`)}${up}`;
    faults.add(key, `${key}.${name} is of a whole object`, allowed, remedy);
  }
  return Object.fromEntries(Object.entries(given).filter(([name]) => !AROUND.includes(name)));
}

/** Refuses changes of the labels by which others find the pods. */
function checkLabels(metadata: unknown, reading: Reading): void {
  if (metadata === undefined) return;
  const path = `${reading.key}.metadata`;
  const why = "Services, budgets and network policies find the pods by their labels";
  const { labels } = (metadata ?? { labels: null }) as { readonly labels?: Values | null };
  checkSyntax(labels, `${path}.labels`, reading);
  checkSyntax((metadata as Values | null)?.annotations, `${path}.annotations`, reading, false);
  const names = labels === null ? [] : Object.keys(labels ?? {});
  if (labels === null) needed(`${path}.labels`, why, reading);
  for (const name of names.filter((one) => OUR_LABELS.test(one) || WHOLE.includes(one))) {
    needed(`${path}.labels["${name}"]`, why, reading);
  }
  for (const name of WHOLE.filter((one) => one in ((metadata ?? {}) as Values))) {
    needed(`${path}.${name}`, why, reading);
  }
}

/** Refuses what the engine cannot work without: nothing but a sentence in preview would tell. */
function checkNeeds(spec: Values, container: string, reading: Reading): void {
  const { key } = reading;
  for (const name of WHOLE.filter((one) => one in spec)) {
    needed(`${key}.${name}`, "the rest of the pod stays as it is", reading);
  }
  for (const name of ENDS.filter((one) => !isEndless(spec[one]))) {
    needed(`${key}.${name}`, "the pods of a federation run without end", reading);
  }
  if (spec.containers === null) needed(`${key}.containers`, `it has ${container}`, reading);
  for (const [index, item] of listOf(spec.containers).entries()) {
    const path = `${key}.containers[${index}]`;
    const isOurs = item.name === container;
    if (item[PATCH] === "replace" || (isOurs && WHOLE.some((one) => one in item))) {
      needed(`${path}.${PATCH}`, `the pod needs its container ${container}`, reading);
    } else if (isOurs) {
      checkContainer(item, path, reading);
    }
  }
}

/** Fields by which a pod ends, which no Deployment or StatefulSet takes. */
const ENDS = ["restartPolicy", "activeDeadlineSeconds"] as const;

const IS_NEEDED = [
  ["env", ({ name }: Values) => OUR_VARIABLES.test(String(name)), "the engine needs it as it is"],
  [
    "ports",
    ({ containerPort }: Values) => containerPort === PORTS.stream || containerPort === PORTS.status,
    "the engine listens there",
  ],
  ["volumeMounts", () => false, ""],
] as const;

function isEndless(value: unknown): boolean {
  return value === undefined || value === null || value === "Always";
}

/** Refuses changes of the engine's container that leave it without its image, ports or variables. */
function checkContainer(container: Values, path: string, reading: Reading): void {
  const { key, faults } = reading;
  if ("image" in container) {
    const allowed = "the setting image decides it";
    const remedy = `${faults.remove(`${path}.image`)}; ${faults.set("image", "<name>@sha256:<digest>")}`;
    faults.add(key, `${path}.image is set`, allowed, remedy);
  }
  for (const [list, isOurs, why] of IS_NEEDED) {
    if (container[list] === null) needed(`${path}.${list}`, "the engine needs it", reading);
    for (const [index, item] of listOf(container[list]).entries()) {
      const place = `${path}.${list}[${index}]`;
      if (PATCH in item) needed(`${place}.${PATCH}`, "the engine needs the list's items", reading);
      else if (isOurs(item)) needed(place, why, reading);
    }
  }
}

function needed(path: string, why: string, { key, faults }: Reading): void {
  faults.add(key, `${path} is not free`, why, faults.remove(path));
}

function listOf(value: unknown): Values[] {
  const items: unknown[] = Array.isArray(value) ? value : [];
  return items.filter((item): item is Values => item !== null && typeof item === "object");
}
