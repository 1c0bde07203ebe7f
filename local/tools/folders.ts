import { homedir } from "node:os";
import { join, resolve } from "node:path";

/** The project's own folder. */
export const project = resolve(import.meta.dirname, "../..");

/** What was built or downloaded once for this user; survives `down`, may be deleted at any time while nothing runs. */
export const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "kubeflower");

/** What runs now: clusters, the Docker engine, Pulumi's state; `down` empties a cluster's part of it. */
export const state = join(
  process.env.XDG_STATE_HOME || join(homedir(), ".local", "state"),
  "kubeflower",
);
