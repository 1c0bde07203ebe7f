/*
 * Prints the runs on the server's volume as JSON, for the stack's output `runs`. An update starts it
 * with KUBEFLOWER_RUNS = {context, namespace, …}. Prints an empty list when the server does not
 * answer: the update has reported that already.
 */
import type { KeptRun, RunSummary } from "../contract/status.ts";
import { COMMAND } from "../contract/variables.ts";
import { clientOf } from "../kube/client.ts";
import { Federation } from "./federation.ts";
import { StatusClient } from "./statusClient.ts";

const { context, namespace } = JSON.parse(process.env[COMMAND.runs] ?? "{}") as {
  context: string;
  namespace: string;
};

async function keptRuns(): Promise<RunSummary[]> {
  try {
    const cluster = clientOf(context);
    const client = new StatusClient(cluster, new Federation(cluster, namespace));
    return ((await client.runs()) ?? []).map(summary);
  } catch (error) {
    console.error(`the runs on the volume are not known: ${(error as Error).message}`);
    return [];
  }
}

/** Picks what a person compares: the stack's outputs are shown after each update. */
function summary({ id, state, rounds, accuracy, modelSha256, ended }: KeptRun): RunSummary {
  return { id, state, rounds, accuracy, modelSha256, ended };
}

process.stdout.write(JSON.stringify(await keptRuns()));
// An unanswered request must not keep the process.
process.exit(0);
