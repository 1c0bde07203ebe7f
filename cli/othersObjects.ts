import { NAMES, OWNER, STACK } from "../contract/names.ts";
import type { Claim, Namespace } from "./diagnosis/objects.ts";

/** The objects with results that a destroy deletes, as the cluster has them now. */
export interface Doomed {
  /** Namespace; undefined when it stays, or may not be seen. */
  readonly namespace: Namespace | undefined;
  /** Claims of the namespace. */
  readonly claims: readonly Pick<Claim, "metadata">[];
}

/**
 * The sentence for a destroy that would delete what somebody else has made under the names of this
 * stack's objects, which bear its mark; undefined when there is nothing of another's. Pulumi deletes by
 * name. Pure.
 * @param owner random id of this stack; undefined when an older version made it
 */
export function othersSentence(
  { namespace, claims }: Doomed,
  owner: string | undefined,
): string | undefined {
  const servers = claims.filter(({ metadata }) => metadata.name.startsWith(NAMES.server));
  const named = [
    ...(namespace === undefined ? [] : [["namespace", namespace.metadata] as const]),
    ...servers.map(({ metadata }) => ["claim", metadata] as const),
  ];
  for (const [kind, { name, annotations = {} }] of named) {
    const theirs = annotations[OWNER];
    if (owner === undefined || theirs === owner) continue;
    const whose =
      theirs === undefined
        ? "lacks this stack's mark, as somebody has made it anew"
        : `belongs to stack ${annotations[STACK] ?? theirs} by now`;
    return `${kind} ${name} ${whose}, and this destroy would delete it with all that is in it — what this stack made under the name is gone already — have Pulumi forget it: pulumi state delete --target-dependents, and choose the ${kind}; then run \`pulumi destroy\` again`;
  }
  return undefined;
}
