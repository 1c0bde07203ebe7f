import { amountOf } from "../contract/quantity.ts";

type Values = Readonly<Record<string, unknown>>;

/** Names of a pod's parts to which its containers refer. */
interface Parts {
  readonly volumes: readonly string[];
  readonly devices: readonly string[];
}

interface Named {
  readonly name?: string;
}

interface Container extends Named {
  readonly image?: unknown;
  readonly env?: readonly (Named & { readonly value?: unknown; readonly valueFrom?: unknown })[];
  readonly volumeMounts?: readonly (Named & { readonly mountPath?: string })[];
  readonly resources?: {
    readonly requests?: Readonly<Record<string, unknown>>;
    readonly limits?: Readonly<Record<string, unknown>>;
    readonly claims?: readonly Named[];
  };
}

const PROBES = ["startupProbe", "readinessProbe", "livenessProbe"];
const HANDLERS = ["exec", "grpc", "httpGet", "tcpSocket"];

/**
 * Finds why no API server takes a container.
 * @param ours name of the engine's container
 */
export function* containerRefusals(
  container: Values,
  ours: string,
  parts: Parts,
): Generator<string> {
  const { name = "", image, env = [], volumeMounts = [], resources = {} } = container as Container;
  const at = `container ${name}`;
  if (image === undefined || image === "") {
    yield `${at} has no image — the engine's container is called ${ours}, and each other one has an image of its own`;
  }
  for (const { name: variable = "", value, valueFrom } of env) {
    if (valueFrom !== undefined && value !== undefined && value !== "") {
      yield `${at}: variable ${variable} has value and valueFrom — it must have one of them: delete the other with null`;
    }
  }
  for (const { name: volume = "", mountPath = "" } of volumeMounts) {
    if (volume === "" || parts.volumes.includes(volume)) continue;
    yield `${at} mounts volume ${volume} at ${mountPath}, and the pod has no such volume — it has ${parts.volumes.join(", ")}`;
  }
  for (const { name: claim = "" } of resources.claims ?? []) {
    if (parts.devices.includes(claim)) continue;
    yield `${at} has the claim ${claim}, and the pod's resourceClaims have none of that name — they must have it`;
  }
  for (const fault of amountRefusals(resources)) yield `${at}: ${fault}`;
  for (const fault of probeRefusals(container)) yield `${at}: ${fault}`;
}

function* amountRefusals({ requests = {}, limits = {} }: Required<Container>["resources"]) {
  for (const [name, asked] of Object.entries(requests)) {
    const limit = limits[name];
    if (typeof asked !== "string" || (limit !== undefined && typeof limit !== "string")) continue;
    // Devices and huge pages are whole: nobody has more of them than was asked for.
    const isWhole = name.includes("/") || name.startsWith("hugepages-");
    if (isWhole && (limit === undefined || amountOf(limit) !== amountOf(asked))) {
      yield `it requests ${asked} of ${name}, with ${limit ?? "no"} limit — both must be the same, and the limit alone suffices`;
    } else if (limit !== undefined && amountOf(asked) > amountOf(limit)) {
      yield `it requests ${asked} of ${name}, more than the limit of ${limit} — a request is at most its limit`;
    }
  }
}

function* probeRefusals(container: Values): Generator<string> {
  for (const probe of PROBES.filter((name) => container[name] !== undefined)) {
    const handlers = HANDLERS.filter((name) => name in (container[probe] as object));
    if (handlers.length === 1) continue;
    const has = handlers.join(" and ") || "nothing to ask";
    yield `${probe} has ${has} — it must have one of ${HANDLERS.join(", ")}: delete the other with null`;
  }
}
