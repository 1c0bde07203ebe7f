import { CLUSTER_KINDS, kindOf, type ClusterKind } from "../../contract/clusterKind.ts";
import { Refused } from "../../kube/errors.ts";
import type { Connection } from "../connection.ts";
import type { Snapshot } from "../diagnosis/snapshot.ts";
import type { Place } from "../place.ts";

/** A federation and its cluster, as checks see them. */
export interface Patient extends Pick<Connection, "cluster" | "federation" | "status"> {
  readonly place: Place;
  /** Settings of the selected stack, by key; empty when the place was given by hand. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Whether checks may make objects, which they remove again. */
  readonly probe: boolean;
  /** Prints a line for who waits, outside of the answer. */
  readonly say: (line: string) => void;
  /** Reads the federation's objects, once for all checks; null when its namespace does not exist. */
  snapshot(): Promise<Snapshot | null>;
}

/** Makes the patient of a connection. */
export function patientOf(
  { cluster, federation, status }: Pick<Connection, "cluster" | "federation" | "status">,
  rest: Pick<Patient, "place" | "settings" | "probe" | "say">,
): Patient {
  let read: Promise<Snapshot | null> | undefined;
  return {
    ...rest,
    cluster,
    federation,
    status,
    snapshot: () =>
      (read ??= federation.snapshot(undefined).catch((error: unknown) => {
        if (error instanceof Refused && error.code === 404) return null;
        throw error;
      })),
  };
}

/** Reads a setting's text; undefined when it is not set. */
export function setting({ settings }: Pick<Patient, "settings">, key: string): string | undefined {
  const value = settings[key];
  if (typeof value === "string") return value === "" ? undefined : value;
  return typeof value === "boolean" || typeof value === "number" ? String(value) : undefined;
}

/** Kind of the cluster, by the stack's setting or the context's name; remote when neither tells. */
export function clusterKind({ settings, cluster }: Patient): ClusterKind {
  const set = CLUSTER_KINDS.find((kind) => kind === settings.cluster);
  const told = kindOf(cluster.context);
  // A minikube's profile may have any name, and so may any other cluster's context.
  return set ?? (told === "minikube" && cluster.context !== "minikube" ? "remote" : told);
}
