import { NAMES } from "../contract/names.ts";
import type { KubernetesApi } from "../kube/clusterFacts.ts";
import type { DataVolume } from "../settings/dataVolume.ts";
import { bytesOf } from "../contract/quantity.ts";
import type { HeldTemplate, StackState } from "./stackState.ts";

/** The settings that decide which claims of data clients have. */
export interface WantedData {
  readonly namespace: string;
  readonly data: readonly DataVolume[];
  /** Whether the stack makes the namespace. */
  readonly createNamespace: boolean;
  /** Number of clients. */
  readonly replicas: number;
}

/** Claims by namespace, as the cluster has them; undefined where this user may not see them. */
export type ClaimsOf = (namespace: string) => readonly string[] | undefined;

/** Claims without a file of the clients': the server's, and those of folders elsewhere. */
const OURS = new RegExp(`^(${NAMES.server}(-[0-9a-f]{8})?|flower-data-[0-9a-f]{8})$`);
/** Most names in a sentence. */
const MOST = 3;

/** Verdict on the clients' data, which an update must tell before it begins. */
export interface DataVerdict {
  /** Sentence for which it must not begin; undefined when it may. */
  readonly refused: string | undefined;
  /** Sentences about claims that are left with their files. */
  readonly left: readonly string[];
}

/** Asks the cluster for the claims that the verdict is about, where it is about any. */
export async function claimsOf(
  api: KubernetesApi,
  wanted: WantedData,
  state: StackState,
): Promise<ClaimsOf> {
  const namespaces = new Set([wanted.namespace, state.namespace?.name ?? wanted.namespace]);
  const isAbout = wanted.data.length > 0 || state.templates.length > 0 || namespaces.size > 1;
  if (!isAbout) return () => undefined;
  const known = new Map<string, readonly string[] | undefined>();
  for (const namespace of namespaces) {
    const path = `/api/v1/namespaces/${namespace}/persistentvolumeclaims`;
    const list = await api.get<{ items: readonly Named[] }>(path);
    known.set(namespace, list === null ? [] : list?.items.map(({ metadata }) => metadata.name));
  }
  return (namespace) => known.get(namespace);
}

interface Named {
  readonly metadata: { readonly name: string };
}

/** Judges an update by what it would do to the clients' data. Pure. */
export function dataVerdict(wanted: WantedData, state: StackState, claims: ClaimsOf): DataVerdict {
  const kept = wanted.data.flatMap(({ name, source }) => (source.kind === "size" ? [name] : []));
  const gone = state.templates.filter(({ name }) => !kept.includes(name));
  return {
    refused: moved(wanted, state, claims) ?? resized(wanted, state) ?? missing(wanted, claims),
    left: gone.flatMap((template) => leftSentence(wanted, template, claims) ?? []),
  };
}

/** The sentence for an update that would delete a namespace with other claims than its own. */
function moved({ namespace }: WantedData, state: StackState, claims: ClaimsOf): string | undefined {
  const old = state.namespace?.name ?? namespace;
  if (old === namespace) return undefined;
  const lost = (claims(old) ?? []).filter((name) => !OURS.test(name));
  if (lost.length === 0) return undefined;
  return `namespace is "${namespace}", and the update would delete namespace ${old} with claim ${few(lost)} and their files — set it back: pulumi config set namespace ${old}; or copy the files, and delete the claims: kubectl -n ${old} delete pvc ${lost.join(" ")}`;
}

/** The sentence for another size or class of claims that are there. */
function resized({ data }: WantedData, { templates }: StackState): string | undefined {
  for (const { name, path, source } of data) {
    const held = templates.find((template) => template.name === name);
    if (held === undefined || source.kind !== "size") continue;
    const isSame =
      bytesOf(source.size) === bytesOf(held.storage) && source.storageClass === held.storageClass;
    if (isSame) continue;
    const has = `${held.storage} of ${classOf(held.storageClass)}`;
    return `data at ${path} is ${source.size} of ${classOf(source.storageClass)}, and the clients' claims were made with ${has} — claims stay as they are, with their files — set it back, or take another path, for which new claims are made`;
  }
  return undefined;
}

function classOf(storageClass: string | undefined): string {
  return storageClass === undefined ? "the default class" : `class ${storageClass}`;
}

/** The sentence for claims that somebody must have made. */
function missing(
  { data, namespace, replicas, createNamespace: isOwned }: WantedData,
  claims: ClaimsOf,
): string | undefined {
  const known = claims(namespace);
  if (known === undefined) return undefined;
  for (const { name, path, source } of data) {
    if (source.kind === "claim" && !known.includes(source.claim)) {
      const there = known.filter((one) => !OURS.test(one));
      const others = there.length === 0 ? "it has none of others" : `there are: ${few(there)}`;
      const wrong = `claim ${source.claim} of data at ${path} is not in namespace ${namespace}`;
      return isOwned
        ? `${wrong} — a claim must be there first, in a namespace that is not the stack's — pulumi config set createNamespace false, and namespace to the one that has it; or let the stack make claims: a volume with size`
        : `${wrong} — pods mount claims of their own namespace alone, and ${others} — name one of these, make it there, or let the stack make claims: a volume with size`;
    }
    const names = Array.from({ length: replicas }, (_, k) => `${name}-${NAMES.client}-${k}`);
    const absent = names.filter((one) => !known.includes(one));
    if (source.kind === "claims" && absent.length > 0) {
      const clients = few(absent.map((one) => one.split("-").at(-1) ?? ""));
      return `client ${clients} has no claim for data at ${path} — namespace ${namespace} must have ${few(absent)} — make what is missing, or set replicas to the clients that have data`;
    }
  }
  return undefined;
}

/** The sentence for claims that no client mounts after the update; undefined when there are none. */
function leftSentence(
  { namespace }: WantedData,
  { name }: HeldTemplate,
  claims: ClaimsOf,
): string | undefined {
  const own = new RegExp(`^${name}-${NAMES.client}-\\d+$`);
  const left = (claims(namespace) ?? []).filter((claim) => own.test(claim));
  if (left.length === 0) return undefined;
  return `data has no volume ${name} any more: claim ${few(left)} of namespace ${namespace} stays with its files, and no client mounts it — delete what nobody needs: kubectl -n ${namespace} delete pvc ${left.join(" ")}`;
}

/** Names of a list, as many as one reads. */
function few(names: readonly string[]): string {
  const more = names.length > MOST ? ` and ${names.length - MOST} more` : "";
  return `${names.slice(0, MOST).join(", ")}${more}`;
}
