import type { Origin } from "../contract/record.ts";
import type { Values } from "../settings/table.ts";
import { threadsOf } from "./podSpec.ts";

/** Settings that a run's record needs beside the run's own. */
type OriginSettings = Pick<
  Values,
  "app" | "base" | "runToken" | "gpus" | "buildArgs" | "serverResources" | "clientResources"
>;

/**
 * Describes where a run comes from, for its record. A change of it restarts the server: it has no value
 * that may change without another result.
 */
export function originOf(settings: OriginSettings, sources: string): Origin {
  const { app, base, runToken, gpus, buildArgs, serverResources, clientResources } = settings;
  const names = Object.keys(buildArgs).sort();
  return {
    app,
    base,
    runToken,
    sources,
    threads: { server: threadsOf(serverResources.cpu), client: threadsOf(clientResources.cpu) },
    gpus: gpus > 0 ? gpus : undefined,
    buildArgs: names.length > 0 ? names : undefined,
  };
}
