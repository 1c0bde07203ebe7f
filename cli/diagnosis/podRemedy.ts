import type { Pod } from "./objects.ts";
import type { Snapshot } from "./snapshot.ts";
import { volumeRemedy } from "./volumeRemedy.ts";

/** Makes the remedy for words that were found. */
export type Remedy = (found: RegExpExecArray, snapshot: Snapshot, pod: Pod) => string;

/** Words of a part of Kubernetes, and the remedy for each; the first that is found counts. */
export type Remedies = readonly (readonly [words: RegExp, remedy: Remedy])[];

/** Remedy of the table for what is said of a pod; else that of its volumes, else where to look. */
export function podRemedy(table: Remedies, said: string, snapshot: Snapshot, pod: Pod): string {
  for (const [words, remedy] of table) {
    const found = words.exec(said);
    if (found !== null) return remedy(found, snapshot, pod);
  }
  const { namespace } = snapshot.objects;
  return (
    volumeRemedy(said, namespace) ??
    `see: kubectl -n ${namespace} describe pod ${pod.metadata.name}`
  );
}
