import type { Status } from "../contract/status.ts";
import type { Snapshot } from "./diagnosis/snapshot.ts";

/** Changes to a federation that an update makes while it follows a run. */
export interface Actions {
  /** Deletes pods by name; their controllers make new ones. */
  deletePods(names: readonly string[]): Promise<void>;
  /** Replaces the server's pod, so that an interrupted run goes on. */
  restartServer(): Promise<void>;
  /** Gives the server the keys that the cluster signs tokens with; returns whether they are new to it. */
  giveKeys(): Promise<boolean>;
}

/** Everything outside a follower: the cluster, the clock and the terminal. */
export interface World {
  /** Reads the server's status; null while no pod of it runs. */
  status(): Promise<Status | null>;
  /** Reads the federation's objects. */
  snapshot(): Promise<Snapshot>;
  /** Changes that the follower may make; undefined for one that only looks. */
  readonly actions: Actions | undefined;
  /** Prints one line. */
  print(line: string): void;
  /** Time now. */
  now(): Date;
  /** Waits. */
  sleep(seconds: number): Promise<void>;
}
