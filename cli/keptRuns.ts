/*
 * Prints the runs on the server's volume as JSON, for the stack's output `runs`. An update starts it
 * with KUBEFLOWER_RUNS = {context, namespace, …} and the list of the last update in
 * PULUMI_COMMAND_STDOUT. Prints that one when the server does not answer while its claim is there:
 * the next update must be able to say which runs it would lose. The update has reported the fault.
 */
import { NAMES } from "../contract/names.ts";
import type { KeptRun, RunSummary } from "../contract/status.ts";
import { COMMAND } from "../contract/variables.ts";
import { clientOf } from "../kube/client.ts";
import { Federation } from "./federation.ts";
import { listed } from "./listedRuns.ts";
import { StatusClient } from "./statusClient.ts";

const last = listed(process.env.PULUMI_COMMAND_STDOUT);
const { context, namespace } = JSON.parse(process.env[COMMAND.runs] ?? "{}") as {
  context: string;
  namespace: string;
};

/** Tells whether the server's claim is there; true where this user may not see claims. */
async function hasVolume(federation: Federation): Promise<boolean> {
  const claims = await federation.claims().catch(() => undefined);
  return claims?.some(({ metadata }) => metadata.name.startsWith(NAMES.server)) ?? true;
}

async function keptRuns(): Promise<readonly RunSummary[]> {
  try {
    const cluster = clientOf(context);
    const federation = new Federation(cluster, namespace);
    const runs = await new StatusClient(cluster, federation).runs();
    if (runs !== null) return runs.map(summary);
    return (await hasVolume(federation)) ? last : [];
  } catch (error) {
    console.error(`the runs on the volume are not known: ${(error as Error).message}`);
    return last;
  }
}

/** Picks what a person compares: the stack's outputs are shown after each update. */
function summary({ id, state, rounds, accuracy, modelSha256, ended }: KeptRun): RunSummary {
  return { id, state, rounds, accuracy, modelSha256, ended };
}

process.stdout.write(JSON.stringify(await keptRuns()));
// An unanswered request must not keep the process.
process.exit(0);
