import { DATA_FOLDER, NAMES } from "../contract/names.ts";
import { fixedObjects, type LiveObject, type LiveObjects } from "./liveObjects.ts";
import { bytesOf } from "../contract/quantity.ts";
import type { HeldClaim, HeldObject, StackState } from "./stackState.ts";
import { shellWord } from "../contract/shellWord.ts";

/** The settings that decide what an update deletes or takes over. */
export interface Wanted {
  /** Context of the kubeconfig. */
  readonly context: string;
  /** Namespace of the federation. */
  readonly namespace: string;
  /** Create the namespace and delete it with the stack. */
  readonly createNamespace: boolean;
  /** Size of the server's volume, such as 1Gi. */
  readonly storage: string;
  /** StorageClass of the server's volume. @default the class of the existing claim, or the cluster's */
  readonly storageClass: string | undefined;
  /** First digits of the UID of a claim that this update may delete with all its runs. */
  readonly discard: string | undefined;
}

/** The settings, the state and the cluster that an update meets. */
export interface Encounter {
  readonly wanted: Wanted;
  readonly state: StackState;
  readonly live: LiveObjects;
  /** Whether the context is known to be another cluster than at the last update. @default false */
  readonly isElsewhere?: boolean;
}

/** Digits of a UID that a person types. */
const DIGITS = 8;

/** Why an update must not begin. */
export interface Refusal {
  /** One sentence: the fault — what is allowed — the remedy. */
  readonly sentence: string;
  /**
   * Whether it is only a warning. With `--refresh` the state is from before the refresh, which will
   * notice the vanished object; without it the update ends when it comes to that object.
   */
  readonly warns: boolean;
}

/** Finds the reason why an update must not begin; undefined when it may. Pure. */
export function refusal(encounter: Encounter): Refusal | undefined {
  for (const fault of [foreign, moved, usurpedSentence, givenUp, loss, leavingSentence]) {
    const sentence = fault(encounter);
    if (sentence !== undefined) return { sentence, warns: false };
  }
  const first = vanished(encounter);
  if (first === undefined) return undefined;
  const { wanted, isElsewhere } = encounter;
  return { sentence: goneSentence(wanted.context, first, isElsewhere), warns: true };
}

/** Finds an object of another stack, or of no stack, under a name that this stack would use. */
function foreign({ wanted, state, live }: Encounter): string | undefined {
  for (const ref of fixedObjects(wanted.namespace)) {
    const found = live.find(ref);
    if (found === null || found === undefined) continue;
    const held = heldOf(state, ref);
    const what = ref.kind === "Namespace" ? "" : `${ref.kind} ${ref.name} in `;
    const where = `${what}namespace ${wanted.namespace} of context ${wanted.context}`;
    if (ref.kind === "Namespace" && !wanted.createNamespace) continue;
    if (found.owner !== undefined && found.owner !== state.owner) {
      return `${where} belongs to stack ${found.stack ?? "?"} (id ${found.owner.slice(0, DIGITS)}), not to this one — a namespace holds the federation of one stack — take another: pulumi config set namespace <name>`;
    }
    if (held !== undefined || found.owner !== undefined) continue;
    return ref.kind === "Namespace"
      ? `${where} is there already, and this stack did not make it — an update never takes over what others made — use it and leave it when the stack is destroyed: pulumi config set createNamespace false, or take another: pulumi config set namespace <name>`
      : `${where} is there already, and this stack did not make it — an update never takes over what others made — take another: pulumi config set namespace <name>`;
  }
  return undefined;
}

/**
 * The sentence for an object that somebody else has made under the name of one of this stack's.
 * Pulumi knows objects by name: a refresh would take it over, another namespace or a destroy delete it.
 */
function usurpedSentence({ wanted, state, live }: Encounter): string | undefined {
  for (const held of state.objects) {
    const found = live.find(held);
    if (found === null || found === undefined) continue;
    if (found.uid === held.uid || found.owner === state.owner) continue;
    const where = held.kind === "Namespace" ? "" : ` in namespace ${held.namespace}`;
    const by = found.stack === undefined ? "somebody else" : `stack ${found.stack}`;
    return `${held.kind} ${held.name}${where} of context ${wanted.context} is no longer the one that this stack made: ${by} has made it anew, and Pulumi would take it over or delete it — an update leaves alone what others made — have Pulumi forget it: pulumi state delete '${held.urn ?? ""}' --target-dependents --yes, then run \`pulumi up\` again`;
  }
  return undefined;
}

function heldOf(state: StackState, ref: { kind: string; name: string; namespace: string }) {
  return state.objects.find(
    ({ kind, name, namespace }) =>
      kind === ref.kind && name === ref.name && namespace === ref.namespace,
  );
}

/** An object of the state that the cluster lacks: somebody deleted it, or it is elsewhere. */
function vanished({ state, live }: Encounter): HeldObject | undefined {
  return state.objects.find((object) => isGone(object, live.find(object)));
}

/** Whether an object no longer exists; one that this user may not see counts as existing. */
export function isGone(held: HeldObject, found: LiveObject | null | undefined): boolean {
  return found !== undefined && found?.uid !== held.uid;
}

/** The sentence for a stack whose objects are in the cluster of another context. */
function moved(encounter: Encounter): string | undefined {
  const { wanted, state, live } = encounter;
  const old = state.context ?? wanted.context;
  // Some may not be seen there, and one of another UID is another's.
  const isHere = state.objects.some((one) => live.find(one)?.uid === one.uid);
  if (old === wanted.context || isHere || vanished(encounter) === undefined) return undefined;
  return `context ${wanted.context} is another cluster than that of context ${old}, where this stack's objects are — an update would leave them and their results behind — go back: pulumi config set context ${shellWord(old)}; or take them down there first: pulumi destroy; or use another stack here: pulumi stack init <name>`;
}

/**
 * The sentence for an object of the stack that is no longer in the cluster.
 * @param isElsewhere whether the cluster is known to be another one than at the last update
 */
export function goneSentence(
  context: string,
  { kind, name }: HeldObject,
  isElsewhere = false,
): string {
  const gone = `context ${context} has no ${kind.toLowerCase()} ${name} of this stack's any more`;
  return isElsewhere
    ? `${gone} — it is another cluster than at the last update, which has this stack's objects and results if it still exists — lead the kubeconfig back to that one; or, if it is gone for good, run \`pulumi up --refresh\`: the stack forgets what it made there`
    : `${gone} — the cluster was recreated, or somebody deleted it — run \`pulumi up --refresh\``;
}

/** The sentence for a namespace that is being deleted: the cluster lets nobody make anything there. */
function leavingSentence({ wanted, live }: Encounter): string | undefined {
  const { context, namespace } = wanted;
  const found = live.find({ kind: "Namespace", name: namespace, namespace: "" });
  if (found?.isLeaving !== true) return undefined;
  return `namespace ${namespace} of context ${context} is being deleted, with all that is in it — nothing can be made there until it is gone — wait for that: kubectl --context ${shellWord(context)} wait --for=delete namespace/${namespace} --timeout=10m, then run \`pulumi up --refresh\``;
}

/** The sentence for an update that would delete the server's volume with all its runs. */
function loss({ wanted, state, live }: Encounter): string | undefined {
  const { claim } = state;
  if (claim === undefined || isGone(claim, live.find(claim))) return undefined;
  const change = fatalChange(wanted, claim, live);
  if (change === undefined) return undefined;
  if (isGivenUp(wanted, claim, live)) return undefined;
  const yes = yesTo(wanted, claim);
  return change.back === undefined
    ? `${change.what} — as soon as the server's pod ends, its volume goes with ${results(state)} — ${yes}`
    : `${change.what} — that would delete the volume of claim ${claim.name} with ${results(state)} — set it back: ${change.back}; or ${yes}`;
}

/** The way to a yes: how to fetch the results on a claim's volume, and the setting that gives it up. */
function yesTo({ context }: Wanted, { uid, namespace }: HeldObject): string {
  const kubectl = `kubectl --context ${shellWord(context)} -n ${namespace}`;
  return `fetch the results (${kubectl} exec deploy/flower-server -- tar c -C ${DATA_FOLDER} runs | tar x) and say yes for this volume: pulumi config set discard ${uid.slice(0, DIGITS)}`;
}

/**
 * The sentence for a volume that a stopped update has given up. The state then holds what replaces it,
 * and Pulumi deletes it at the end of the next update, also of one whose settings were taken back:
 * under the same name that would be the volume in use.
 */
function givenUp({ wanted, state, live }: Encounter): string | undefined {
  const { claim, namespace, owner } = state;
  if (claim === undefined) return undefined;
  const ref = { kind: claim.kind, name: NAMES.server, namespace: wanted.namespace };
  const found = live.find(ref);
  const isLeft = found?.owner === owner && found?.uid !== claim.uid;
  const held = isLeft ? found : claim;
  if (held === undefined || held === null || (!isLeft && isGone(claim, live.find(claim)))) {
    return undefined;
  }
  const now = isLeft ? claim.namespace : (namespace?.name ?? claim.namespace);
  const loss = `Pulumi deletes it at the end of this update, with ${results(state)}`;
  const what = `an update that was stopped has given up claim ${held.name} of namespace ${held.namespace}`;
  if (now !== wanted.namespace && held.namespace === wanted.namespace) {
    return `${what} for namespace ${now} — ${loss} — finish that one first: pulumi config set namespace ${now}; before, ${yesTo(wanted, held)}`;
  }
  const isMeant = !isLeft || (wanted.discard !== undefined && held.uid.startsWith(wanted.discard));
  return isMeant ? undefined : `${what} — ${loss} — ${yesTo(wanted, held)}`;
}

/** Whether a claim may be deleted: the setting discard allows it, or it has never had a volume. */
function isGivenUp({ discard }: Wanted, claim: HeldClaim, live: LiveObjects): boolean {
  const isEmpty = live.find(claim)?.phase === "Pending";
  return isEmpty || (discard !== undefined && claim.uid.startsWith(discard));
}

interface Change {
  /** The changed setting, in words. */
  readonly what: string;
  /** Command that undoes it; undefined when nothing does. */
  readonly back: string | undefined;
}

function fatalChange(wanted: Wanted, claim: HeldClaim, live: LiveObjects): Change | undefined {
  if (live.find(claim)?.isLeaving === true) {
    const what = `claim ${claim.name} is being deleted, which nothing takes back`;
    return { what, back: undefined };
  }
  if (wanted.namespace !== claim.namespace) {
    return {
      what: `namespace is "${wanted.namespace}", and the stack is in namespace ${claim.namespace}`,
      back: `pulumi config set namespace ${claim.namespace}`,
    };
  }
  const { storageClass = claim.storageClass } = wanted;
  if (storageClass !== claim.storageClass) {
    return {
      what: `storageClass is "${storageClass ?? ""}", and the volume is of class ${claim.storageClass ?? '""'}, which cannot change`,
      back:
        claim.askedClass === undefined
          ? "pulumi config rm storageClass"
          : `pulumi config set storageClass ${claim.askedClass}`,
    };
  }
  const [asked, has] = [bytesOf(wanted.storage), bytesOf(claim.storage)];
  const back = `pulumi config set storage ${claim.storage}`;
  if (asked < has) {
    return {
      what: `storage is ${wanted.storage}, and a volume of ${claim.storage} cannot shrink`,
      back,
    };
  }
  if (asked > has && live.growing === false) {
    return {
      what: `storage is ${wanted.storage}, and volumes of class ${claim.storageClass ?? '""'} cannot grow from ${claim.storage}`,
      back,
    };
  }
  return undefined;
}

/** The runs on the volume, in words. */
export function results({ runs }: StackState): string {
  if (runs.length === 0) return "the results of all its runs";
  const named = runs.map(({ id, state }) => `${id} (${state})`);
  return `the results of ${named.join(", ")}`;
}

/** The claim that an update declares. */
export interface DeclaredClaim {
  /** Name of the claim. */
  readonly name: string;
  /** StorageClass of the claim; undefined: the cluster's default. */
  readonly storageClass: string | undefined;
}

/**
 * Name and class of the claim to declare. An existing claim keeps both. A claim that `discard` gives
 * up is followed by a claim of another name, so that the server can move to it before the old one is
 * deleted. Pure.
 */
export function declaredClaim(
  wanted: Wanted,
  { claim }: StackState,
  live: LiveObjects,
): DeclaredClaim {
  const fixed = NAMES.server;
  if (claim === undefined || claim.namespace !== wanted.namespace) {
    return { name: fixed, storageClass: wanted.storageClass };
  }
  if (!isGivenUp(wanted, claim, live) || fatalChange(wanted, claim, live) === undefined) {
    return { name: claim.name, storageClass: claim.askedClass };
  }
  const name = claim.name === fixed ? `${fixed}-${claim.uid.slice(0, DIGITS)}` : fixed;
  return { name, storageClass: wanted.storageClass };
}

/**
 * Whether the stack made a namespace that it must leave behind: `createNamespace` has become false.
 * The namespace stays declared, and survives the destruction of the stack. Pure.
 */
export function keepsNamespace(wanted: Wanted, { namespace }: StackState): boolean {
  return !wanted.createNamespace && namespace?.name === wanted.namespace;
}
