import type { LiveObject, LiveObjects } from "../../components/liveObjects.ts";
import { declaredClaim, keepsNamespace, refusal, type Wanted } from "../../components/refusals.ts";
import type { HeldClaim, HeldObject, ObjectRef, StackState } from "../../components/stackState.ts";
import { EMPTY } from "./heldState.ts";

/** An object in a simulated cluster. */
export interface SimulatedObject extends LiveObject {
  readonly storage?: string;
  readonly storageClass?: string;
  /** Models on a claim's volume. */
  readonly models?: Set<string>;
}

/** A cluster: objects by kind, namespace and name. Deleting a namespace deletes all that is in it. */
export class SimulatedCluster {
  readonly objects = new Map<string, SimulatedObject>();

  constructor(readonly uid: string) {}

  live(): LiveObjects {
    return { find: (ref) => this.objects.get(keyOf(ref)) ?? null, growing: false };
  }

  /** Makes or changes an object, as a server-side apply does. */
  apply(object: Omit<SimulatedObject, "uid">, uid: string): SimulatedObject {
    const there = this.objects.get(keyOf(object));
    const made = { ...object, uid: there?.uid ?? uid, models: there?.models ?? new Set<string>() };
    this.objects.set(keyOf(object), made);
    return made;
  }

  delete(ref: ObjectRef): void {
    this.objects.delete(keyOf(ref));
    if (ref.kind !== "Namespace") return;
    for (const [key, { namespace }] of this.objects) {
      if (namespace === ref.name) this.objects.delete(key);
    }
  }

  /** Every model that the cluster has. */
  models(): string[] {
    return [...this.objects.values()].flatMap(({ models }) => [...(models ?? [])]);
  }
}

/** How an operation ended. */
export interface Ended {
  readonly code: number;
  /** Why the update was refused. */
  readonly refused?: string;
}

interface Declared extends Omit<SimulatedObject, "uid"> {
  readonly retained?: boolean;
}

/**
 * A stack of this program under Pulumi's rules: what is declared is made or changed in order, what
 * must be replaced is made before the old one is deleted, and what is declared no more is deleted
 * last. An update can be killed before any of its steps.
 */
export class SimulatedStack {
  state: StackState = EMPTY;
  /** Model that the stack's outputs name. */
  output: string | undefined;
  readonly #retained = new Set<string>();
  readonly #declarations = new Map<string, string>();
  #uids = 0;

  constructor(
    readonly name: string,
    readonly clusters: ReadonlyMap<string, SimulatedCluster>,
    public wanted: Wanted,
  ) {}

  get cluster(): SimulatedCluster {
    return this.clusters.get(this.wanted.context) as SimulatedCluster;
  }

  /**
   * @param steps how many steps are done before the update is killed; with half a step the cluster
   * has made an object and the state does not know it yet
   */
  up(run: string, steps = Number.POSITIVE_INFINITY): Ended {
    const { wanted, cluster } = this;
    const live = cluster.live();
    const refused = refusal({ wanted, state: this.state, live });
    if (refused?.warns === false) return { code: 1, refused: refused.sentence };
    let left = steps;
    const mayGoOn = (): boolean => left-- >= 1;
    if (!mayGoOn()) return { code: -1 };
    const owner = this.state.owner ?? `${this.name}-${String((this.#uids += 1))}`;
    this.state = { ...this.state, owner, context: wanted.context };
    const declared = this.#declared(owner, live);
    const old = this.state.objects.filter((held) => !declared.some((one) => same(one, held)));
    for (const one of declared) {
      // Pulumi leaves alone what is declared as it was before, whatever the cluster has.
      if (this.#isSame(one)) {
        // The program looks whether it is there, see components/verification.ts.
        if (this.#isMissing(one)) return { code: 1 };
        continue;
      }
      const goesOn = mayGoOn();
      if (!goesOn && left <= -1) return { code: -1 };
      const made = cluster.apply(one, `${this.name}-uid-${String((this.#uids += 1))}`);
      if (!goesOn) return { code: -1 };
      this.#hold(made);
      this.#declarations.set(keyOf(one), JSON.stringify(one));
      if (one.retained === true) this.#retained.add(keyOf(one));
      else this.#retained.delete(keyOf(one));
    }
    if (!mayGoOn()) return { code: -1 };
    const claim = this.state.claim as HeldClaim;
    cluster.objects.get(keyOf(claim))?.models?.add(run);
    this.output = run;
    for (const held of old.reverse()) {
      if (!mayGoOn()) return { code: -1 };
      this.#drop(held);
    }
    return { code: 0 };
  }

  /** Forgets what the cluster of the last update does not have. */
  refresh(): Ended {
    const cluster = this.clusters.get(this.state.context ?? this.wanted.context);
    for (const held of this.state.objects) {
      if (cluster?.objects.get(keyOf(held))?.uid !== held.uid) this.#forget(held);
    }
    return { code: 0 };
  }

  /** Deletes all that the stack holds, in the cluster of the last update. */
  destroy(): Ended {
    for (const held of [...this.state.objects].reverse()) this.#drop(held);
    this.state = EMPTY;
    this.output = undefined;
    return { code: 0 };
  }

  #isSame(declared: Declared): boolean {
    const isHeld = this.state.objects.some((held) => same(held, declared));
    return isHeld && this.#declarations.get(keyOf(declared)) === JSON.stringify(declared);
  }

  #isMissing(ref: ObjectRef): boolean {
    const held = this.state.objects.find((one) => same(one, ref));
    return this.cluster.objects.get(keyOf(ref))?.uid !== held?.uid;
  }

  #declared(owner: string, live: LiveObjects): Declared[] {
    const { wanted, state } = this;
    const mark = { owner, stack: `kubeflower/${this.name}` };
    const { namespace } = wanted;
    const claim = declaredClaim(wanted, state, live);
    const keeps = keepsNamespace(wanted, state);
    const own: Declared[] =
      wanted.createNamespace || keeps
        ? [{ kind: "Namespace", name: namespace, namespace: "", retained: keeps, ...mark }]
        : [];
    return [
      ...own,
      {
        kind: "PersistentVolumeClaim",
        name: claim.name,
        namespace,
        ...mark,
        storage: wanted.storage,
        storageClass: claim.storageClass ?? "standard",
      },
      { kind: "Service", name: "service-server", namespace, ...mark },
      { kind: "Deployment", name: "flower-server", namespace, ...mark },
      { kind: "StatefulSet", name: "flower-client", namespace, ...mark },
    ];
  }

  #hold(object: SimulatedObject): void {
    const { kind, name, namespace, uid, storage, storageClass } = object;
    const held: HeldObject = { kind, name, namespace, uid };
    const objects = [...this.state.objects.filter((one) => !same(one, held)), held];
    this.state = { ...this.state, objects };
    if (kind === "Namespace") this.state = { ...this.state, namespace: held };
    if (kind === "PersistentVolumeClaim") {
      const askedClass = storageClass === "standard" ? undefined : storageClass;
      const claim = { ...held, storage: storage ?? "0", storageClass, askedClass };
      this.state = { ...this.state, claim };
    }
  }

  #drop(held: HeldObject): void {
    const cluster = this.clusters.get(this.state.context ?? "");
    const there = cluster?.objects.get(keyOf(held));
    if (there?.uid === held.uid && !this.#retained.has(keyOf(held))) cluster?.delete(held);
    this.#forget(held);
  }

  #forget(held: HeldObject): void {
    const { objects, namespace, claim } = this.state;
    this.state = {
      ...this.state,
      objects: objects.filter((one) => !same(one, held)),
      namespace: namespace !== undefined && same(namespace, held) ? undefined : namespace,
      claim: claim !== undefined && same(claim, held) ? undefined : claim,
    };
  }
}

function keyOf({ kind, namespace, name }: ObjectRef): string {
  return `${kind} ${namespace}/${name}`;
}

function same(one: ObjectRef, other: ObjectRef): boolean {
  return keyOf(one) === keyOf(other);
}
