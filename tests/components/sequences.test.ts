import fc from "fast-check";
import { expect, test } from "vitest";
import { WANTED } from "../support/encounters.ts";
import {
  SimulatedCluster,
  SimulatedStack,
  type Ended,
  type SimulatedObject,
} from "../support/simulation.ts";

/** One thing that somebody does to one of two stacks. */
type Step =
  | { readonly do: "set"; readonly change: object }
  | { readonly do: "up" | "refresh" | "destroy" | "say yes" }
  | { readonly do: "killed up"; readonly steps: number }
  | { readonly do: "delete by hand"; readonly kind: "Namespace" | "Deployment" };

const CHANGES = [
  { namespace: "kubeflower" },
  { namespace: "other" },
  { createNamespace: true },
  { createNamespace: false },
  { storageClass: undefined },
  { storageClass: "fast" },
  { storage: "1Gi" },
  { storage: "500Mi" },
  { storage: "2Gi" },
  { context: "lab" },
  { context: "lab-renamed" },
  { context: "elsewhere" },
  { discard: undefined },
];

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(...CHANGES).map((change) => ({ do: "set", change })) },
  { weight: 5, arbitrary: fc.constant({ do: "up" }) },
  { weight: 2, arbitrary: fc.nat(24).map((half) => ({ do: "killed up", steps: half / 2 })) },
  {
    weight: 1,
    arbitrary: fc.constantFrom("refresh", "destroy", "say yes").map((verb) => ({ do: verb })),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom("Namespace", "Deployment")
      .map((kind) => ({ do: "delete by hand", kind })),
  },
) as fc.Arbitrary<Step>;

/** Two stacks, and two clusters of which one has two names. */
function world(): { stacks: [SimulatedStack, SimulatedStack]; clusters: SimulatedCluster[] } {
  const [lab, elsewhere] = [new SimulatedCluster("lab-uid"), new SimulatedCluster("other-uid")];
  const clusters = new Map([
    ["lab", lab],
    ["lab-renamed", lab],
    ["elsewhere", elsewhere],
  ]);
  return {
    stacks: [
      new SimulatedStack("one", clusters, WANTED),
      new SimulatedStack("two", clusters, WANTED),
    ],
    clusters: [lab, elsewhere],
  };
}

function run(stack: SimulatedStack, step: Step, model: string): Ended {
  switch (step.do) {
    case "set":
      stack.wanted = { ...stack.wanted, ...step.change };
      return { code: 0 };
    case "say yes":
      stack.wanted = { ...stack.wanted, discard: stack.state.claim?.uid };
      return { code: 0 };
    case "delete by hand": {
      const held = stack.state.objects.find(({ kind }) => kind === step.kind);
      if (held !== undefined) stack.clusters.get(stack.state.context ?? "")?.delete(held);
      return { code: 0 };
    }
    case "up":
      return stack.up(model);
    case "killed up":
      return stack.up(model, step.steps);
    default:
      return stack[step.do]();
  }
}

/** Models that a step may take away: those of the claim that it destroys, or was told to give up. */
function expendable(stack: SimulatedStack, step: Step): string[] {
  const { claim, namespace, context } = stack.state;
  const objects = stack.clusters.get(context ?? "")?.objects ?? new Map<string, SimulatedObject>();
  const isAsked = step.do === "destroy" || step.do === "delete by hand";
  const isUpdate = step.do === "up" || step.do === "killed up";
  const isGivenUp = isUpdate && claim !== undefined && claim.uid === stack.wanted.discard;
  if (!isAsked && !isGivenUp) return [];
  return [...objects.values()]
    .filter(
      (one) =>
        one.uid === claim?.uid || (namespace !== undefined && one.namespace === namespace.name),
    )
    .flatMap(({ models }) => [...(models ?? [])]);
}

test("no sequence of 200 loses a model without a refusal or a yes, and exit 0 is what the cluster has", () => {
  const counts = { updates: 0, refused: 0, kills: 0, destroys: 0 };
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(1), step), { minLength: 10, maxLength: 40, size: "max" }),
      (steps) => {
        const { stacks, clusters } = world();
        const allowed = new Set<string>();
        const models = (): string[] => clusters.flatMap((cluster) => cluster.models());
        for (const [index, [which, one]] of steps.entries()) {
          const stack = stacks[which as 0 | 1];
          const before = models();
          // A yes holds for what an update has begun to replace, also when it is killed.
          for (const model of expendable(stack, one)) allowed.add(model);
          const { code, refused } = run(stack, one, `model-${String(index)}`);
          const after = models();
          const lost = before.filter((model) => !after.includes(model));
          expect(lost.filter((model) => !allowed.has(model))).toEqual([]);
          if (refused !== undefined) expect(after).toEqual(before);
          if (one.do === "up" && code === 0) {
            const { claim, objects } = stack.state;
            const live = stack.cluster.live();
            expect(objects.map((held) => live.find(held)?.uid)).toEqual(
              objects.map(({ uid }) => uid),
            );
            const found = [...stack.cluster.objects.values()].find(({ uid }) => uid === claim?.uid);
            expect([...(found?.models ?? [])]).toContain(stack.output);
            counts.updates += 1;
          }
          counts.refused += refused === undefined ? 0 : 1;
          counts.kills += one.do === "killed up" && code === -1 ? 1 : 0;
          counts.destroys += one.do === "destroy" ? 1 : 0;
        }
      },
    ),
    { numRuns: 200, seed: 20261127 },
  );
  // The sequences do what they are made for.
  for (const count of Object.values(counts)) expect(count).toBeGreaterThan(50);
  process.stdout.write(`sequences: ${JSON.stringify(counts)}\n`);
});
