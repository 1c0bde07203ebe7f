import { homedir } from "node:os";
import { join, resolve } from "node:path";

/** Folder of the project. */
export const project = resolve(import.meta.dirname, "../..");

/** Cache of everything that is built or downloaded once for this user. It survives `down`, and may be deleted while nothing runs. */
export const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "kubeflower");

/** State of what runs now: clusters, Pulumi's stacks and plugins. `down` removes a cluster's part of it. */
export const state = join(
  process.env.XDG_STATE_HOME || join(homedir(), ".local", "state"),
  "kubeflower",
);
