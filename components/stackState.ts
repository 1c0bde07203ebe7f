import * as pulumi from "@pulumi/pulumi";
import { ENGINE } from "../contract/variables.ts";
import type { RunSummary } from "../contract/status.ts";
import { OWNER_ID } from "./ownership.ts";

/** An object of the cluster, as the API server names it. */
export interface ObjectRef {
  /** Kind of the object; no other kinds are looked at. */
  readonly kind: "Namespace" | "PersistentVolumeClaim" | "Service" | "Deployment" | "StatefulSet";
  /** Name of the object. */
  readonly name: string;
  /** Namespace of the object; empty for a namespace itself. */
  readonly namespace: string;
}

/** An object that this stack has made. */
export interface HeldObject extends ObjectRef {
  /** UID that the cluster gave it. */
  readonly uid: string;
  /** Name in the state, which `pulumi state delete` takes. */
  readonly urn?: string;
}

/** The claim of the server's volume, which holds every run's results. */
export interface HeldClaim extends HeldObject {
  /** StorageClass that the cluster gave it; undefined when it has none. */
  readonly storageClass: string | undefined;
  /** StorageClass that the stack asked for; undefined: the cluster's default. */
  readonly askedClass: string | undefined;
  /** Size, such as `1Gi`. */
  readonly storage: string;
}

/** A template by which each client's own claims are made. */
export interface HeldTemplate {
  /** Name of the template, with which its claims' names begin. */
  readonly name: string;
  /** StorageClass that the claims ask for; undefined: the cluster's default. */
  readonly storageClass: string | undefined;
  /** Size that new claims ask for, such as `1Gi`. */
  readonly storage: string;
}

/** The run that the last update followed. */
export interface HeldRun {
  /** Id of the run. */
  readonly id: string;
  /** State in its result: completed, failed, running, … */
  readonly state: string;
  /** Number of updates that followed this run again. */
  readonly attempt: number;
}

/** The stack's state when the program began. */
export interface StackState {
  /** kubeconfig context of the last update. */
  readonly context: string | undefined;
  /** UID of the cluster as the last update knew it; undefined before the first, or when it was hidden. */
  readonly cluster: string | undefined;
  /** Random id that the stack's objects carry. */
  readonly owner: string | undefined;
  /** Objects of the cluster that this stack has made. */
  readonly objects: readonly HeldObject[];
  /** The namespace; undefined when the stack has made none. */
  readonly namespace: HeldObject | undefined;
  /** Claim of the server's volume; undefined before the first update. */
  readonly claim: HeldClaim | undefined;
  /** Templates of the clients' own claims. */
  readonly templates: readonly HeldTemplate[];
  /** Names of all templates of the clients' StatefulSet, in their order; undefined without one. */
  readonly templateNames: readonly string[] | undefined;
  /** Run that the last update followed; undefined before the first update. */
  readonly run: HeldRun | undefined;
  /** Runs on the server's volume, as far as the stack's outputs name them. */
  readonly runs: readonly NamedRun[];
  /** Run that the server works on, also where its update was stopped before it had outputs. */
  readonly serverRun: string | undefined;
}

/** A run that the stack's outputs name. */
export type NamedRun = Pick<RunSummary, "id" | "state"> &
  Partial<Pick<RunSummary, "rounds" | "ended">>;

/** Properties of a resource in the state, by URN. */
type Resources = Readonly<Record<string, Resource>>;

interface Resource {
  readonly type: string;
  readonly outputs: Outputs;
}

interface Outputs {
  readonly metadata?: {
    readonly name?: string;
    readonly namespace?: string;
    readonly uid?: string;
  };
  readonly spec?: Spec;
  readonly __inputs?: { readonly spec?: Spec };
  readonly context?: string;
  readonly stdout?: string;
  readonly triggers?: readonly unknown[];
  readonly run?: NamedRun;
  readonly runs?: readonly NamedRun[];
}

interface Spec {
  readonly volumeClaimTemplates?: readonly Outputs[];
  readonly volumeName?: string;
  readonly storageClassName?: string;
  readonly resources?: { readonly requests?: { readonly storage?: string } };
  readonly template?: { readonly spec?: { readonly containers?: readonly Container[] } };
}

interface Container {
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
}

/** Types of the objects that the state is read for. */
export const KINDS =
  /^kubernetes:.*:(Namespace|PersistentVolumeClaim|Service|Deployment|StatefulSet)$/;

/**
 * Asks Pulumi for this stack's state as it was before this update. With `--refresh` it is the state
 * from before the refresh, so its view of the cluster may be out of date: Pulumi writes the refreshed
 * state only with the first change that follows.
 */
export async function stackState(): Promise<StackState> {
  const [project, stack] = [pulumi.getProject(), pulumi.getStack()];
  // File backends in Pulumi's first layout have no projects, and name stacks without one.
  const qualified = `${pulumi.getOrganization()}/${project}/${stack}`;
  return parseState(await resourcesOf(qualified).catch(() => resourcesOf(stack)));
}

async function resourcesOf(stackName: string): Promise<Resources> {
  const token = "pulumi:pulumi:readStackResourceOutputs";
  const { outputs = {} } = (await pulumi.runtime.invoke(token, { stackName })) as {
    outputs?: Resources;
  };
  return outputs;
}

/** Reads the resources of a state. Pure. */
export function parseState(resources: Resources): StackState {
  const named = Object.entries(resources).map(([urn, resource]) => ({
    ...resource,
    urn,
    name: urn.split("::").at(-1) ?? "",
    ofData: urn.includes("kubeflower:index:Data$"),
  }));
  const provider = named.find(({ type }) => type === "pulumi:providers:kubernetes")?.outputs;
  const command = (name: string): Outputs | undefined =>
    named.find((one) => one.type === "command:local:Command" && one.name === name)?.outputs;
  const objects = named.flatMap(heldObject);
  const claim = named.find(isServerClaim)?.outputs;
  const clients = named.find(({ type }) => type.endsWith(":StatefulSet"))?.outputs;
  const stack = named.find(({ type }) => type === "pulumi:pulumi:Stack")?.outputs;
  return {
    context: provider?.context,
    cluster: knownCluster(command("run")),
    owner: command(OWNER_ID)?.stdout,
    objects,
    namespace: objects.find(({ kind }) => kind === "Namespace"),
    claim: objects
      .filter(({ uid }) => uid === claim?.metadata?.uid)
      .flatMap((one) => heldClaim(one, claim))[0],
    templates: (clients?.spec?.volumeClaimTemplates ?? []).flatMap(heldTemplate),
    templateNames: clients?.spec && (clients.spec.volumeClaimTemplates ?? []).map(nameOf),
    run: heldRun(command("run")),
    runs: keptRuns(stack),
    serverRun: serverRun(named.find(({ type }) => type.endsWith(":Deployment"))?.outputs),
  };
}

/** Tells the claim of the server's volume from those of the clients' data. */
function isServerClaim({ type, ofData }: { type: string; ofData: boolean }): boolean {
  return type.endsWith(":PersistentVolumeClaim") && !ofData;
}

function heldObject({ type, urn, outputs }: Resource & { urn: string }): HeldObject[] {
  const kind = KINDS.exec(type)?.[1] as ObjectRef["kind"] | undefined;
  const { name, namespace = "", uid } = outputs.metadata ?? {};
  return kind === undefined || name === undefined || uid === undefined
    ? []
    : [{ kind, name, namespace, uid, urn }];
}

function heldClaim(object: HeldObject, outputs: Outputs | undefined): HeldClaim[] {
  if (object.kind !== "PersistentVolumeClaim") return [];
  return [
    {
      ...object,
      storageClass: outputs?.spec?.storageClassName,
      askedClass: outputs?.__inputs?.spec?.storageClassName,
      storage: outputs?.spec?.resources?.requests?.storage ?? "0",
    },
  ];
}

function nameOf({ metadata }: Outputs): string {
  return metadata?.name ?? "";
}

function heldTemplate({ metadata, spec }: Outputs): HeldTemplate[] {
  const storage = spec?.resources?.requests?.storage;
  // One with a volume's name finds claims that others have made.
  if (storage === undefined || spec?.volumeName !== undefined) return [];
  return [{ name: metadata?.name ?? "", storageClass: spec?.storageClassName, storage }];
}

function knownCluster(run: Outputs | undefined): string | undefined {
  const cluster = run?.triggers?.[2];
  return typeof cluster === "string" && cluster !== "" ? cluster : undefined;
}

function heldRun(outputs: Outputs | undefined): HeldRun | undefined {
  const [id, , , , attempt = 0] = outputs?.triggers ?? [];
  if (typeof id !== "string") return undefined;
  const last = (outputs?.stdout ?? "").trimEnd().split("\n").at(-1) ?? "";
  let state = "";
  try {
    state = (JSON.parse(last) as { state?: string }).state ?? "";
  } catch {
    // A killed follower left no result; its run is followed again.
  }
  return { id, state, attempt: Number(attempt) };
}

/** Run in the environment of the server's pod. */
function serverRun(deployment: Outputs | undefined): string | undefined {
  const containers = deployment?.spec?.template?.spec?.containers ?? [];
  const variables = containers.flatMap(({ env = [] }) => env);
  return variables.find(({ name }) => name === ENGINE.run)?.value;
}

/** Runs in the stack's outputs; an older version put a single run there. */
function keptRuns(stack: Outputs | undefined): readonly NamedRun[] {
  const { run, runs = [] } = stack ?? {};
  return runs.length === 0 && run !== undefined ? [run] : runs;
}
