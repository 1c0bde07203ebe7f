import { fieldsOf, POD, requiredOf, type Field } from "../settings/podSchema.ts";
import { containerRefusals } from "./containerCheck.ts";
import { isObject } from "./strategicMerge.ts";

type Values = Readonly<Record<string, unknown>>;

/**
 * Finds why no API server takes a pod that a patch has made, as far as it shows without one.
 * @param pod the pod's spec, with values that may be outputs
 * @param ours name of the engine's container
 * @param claims names of the volumes that a StatefulSet gives to its pods
 * @returns what is wrong, and what is allowed
 */
export function podRefusals(pod: Values, ours: string, claims: readonly string[] = []): string[] {
  const volumes = [...itemsOf(pod.volumes).map(({ name }) => String(name)), ...claims];
  const devices = itemsOf(pod.resourceClaims).map(({ name }) => String(name));
  const containers = [...itemsOf(pod.containers), ...itemsOf(pod.initContainers)];
  return [
    ...missing(pod, POD, ""),
    ...itemsOf(pod.volumes).flatMap((volume) => [...volumeRefusals(volume)]),
    ...itemsOf(pod.tolerations).flatMap((one, at) => [...tolerationRefusals(one, at)]),
    ...dnsRefusals(pod),
    ...nameRefusals(pod, containers),
    ...containers.flatMap((one) => [...containerRefusals(one, ours, { volumes, devices })]),
  ];
}

/** Fields that Kubernetes wants and that are not there. */
function missing(value: unknown, field: Field, path: string): string[] {
  if (typeof field === "string" || "choice" in field) return [];
  if ("list" in field) {
    const items = Array.isArray(value) ? value : [];
    return items.flatMap((item, at) => missing(item, field.list, `${path}[${at}]`));
  }
  if (!isObject(value) || "map" in field) return [];
  const fields = fieldsOf(field.object);
  const lacking = requiredOf(field.object).filter((name) => value[name] === undefined);
  return [
    ...lacking.map((name) => `${path} has no ${name} — it must have ${list(field.object)}`),
    ...Object.entries(value).flatMap(([name, part]) =>
      missing(part, fields[name] ?? "text", path === "" ? name : `${path}.${name}`),
    ),
  ];
}

function list(type: string): string {
  return requiredOf(type).join(" and ");
}

function* volumeRefusals({ name, ...sources }: Values): Generator<string> {
  const kinds = Object.keys(sources);
  // One of no kind becomes an emptyDir.
  if (kinds.length < 2) return;
  yield `volume ${String(name)} has ${kinds.join(" and ")} — it must have one kind: delete the other with null, or give yours a name of its own`;
}

function* tolerationRefusals(toleration: Values, at: number): Generator<string> {
  const { key, operator, value, effect, tolerationSeconds } = toleration;
  const path = `tolerations[${at}]`;
  if (operator === "Exists" && typeof value === "string" && value !== "") {
    yield `${path} has the value ${value} with the operator Exists — only Equal compares values`;
  }
  if (!key && operator !== "Exists") {
    yield `${path} has no key — only the operator Exists needs none`;
  }
  if (tolerationSeconds !== undefined && effect !== "NoExecute") {
    yield `${path} has tolerationSeconds — only the effect NoExecute has them`;
  }
}

function* dnsRefusals({ dnsPolicy, dnsConfig }: Values): Generator<string> {
  const { nameservers } = (dnsConfig ?? {}) as { readonly nameservers?: readonly string[] };
  if (dnsPolicy !== "None" || nameservers?.length) return;
  yield "dnsPolicy is None, and dnsConfig has no nameservers — it must have one then";
}

/** Fields of a pod with the name of another object. */
const NAMES = ["runtimeClassName", "priorityClassName", "serviceAccountName"];
const NAME = /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/;
const LABEL = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

function* nameRefusals(pod: Values, containers: readonly Values[]): Generator<string> {
  for (const field of NAMES) {
    const name = pod[field];
    if (typeof name !== "string" || name === "" || NAME.test(name)) continue;
    yield `${field} is "${name}" — a name has small letters, digits, dashes and dots`;
  }
  for (const { name } of [...containers, ...itemsOf(pod.volumes)]) {
    if (typeof name !== "string" || LABEL.test(name)) continue;
    yield `a container or volume is called "${name}" — such a name has small letters, digits and dashes`;
  }
}

/** Items of a list that are objects. */
export function itemsOf(value: unknown): Values[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}
