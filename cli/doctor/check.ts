import type { Finding } from "./finding.ts";
import type { Machine } from "./machine.ts";
import type { Patient } from "./patient.ts";

/** Check of this machine, which needs no cluster. */
export interface LocalCheck {
  readonly name: string;
  readonly local: true;
  run(machine: Machine): Promise<Finding>;
}

/** Check of the cluster or of what runs there. An error of `run` is told as not checked. */
export interface ClusterCheck {
  readonly name: string;
  readonly local?: false;
  /** Deadline in seconds. @default 5 */
  readonly seconds?: number;
  /** Whether it makes objects: it then begins once the cluster is reached. @default false */
  readonly makes?: true;
  run(patient: Patient): Promise<Finding>;
}

/** Check of any kind. */
export type Check = LocalCheck | ClusterCheck;
