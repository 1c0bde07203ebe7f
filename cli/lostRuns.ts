/**
 * Says, first of all that `pulumi destroy` does, which runs go with the server's volume, or how a
 * stack is destroyed whose cluster is gone. Run with KUBEFLOWER_RUNS = {context, namespace, …} and
 * the runs of the last update in PULUMI_COMMAND_STDOUT. Never fails: it must not stop a destroy.
 */
import type { KeptRun } from "../contract/status.ts";
import { COMMAND } from "../contract/variables.ts";
import { clientOf } from "../kube/client.ts";
import { Federation } from "./federation.ts";
import { runText } from "./report.ts";
import { StatusClient } from "./statusClient.ts";

const { context, namespace } = JSON.parse(process.env[COMMAND.runs] ?? "{}") as {
  context: string;
  namespace: string;
};

async function lostRuns(): Promise<readonly string[]> {
  const known = listed(process.env.PULUMI_COMMAND_STDOUT);
  try {
    const cluster = clientOf(context);
    const federation = new Federation(cluster, namespace);
    const serverPods = await federation.serverPods();
    const live =
      serverPods.length === 0 ? null : await new StatusClient(cluster, federation).runs();
    const runs = live ?? known;
    if (runs.length === 0) return [`no run goes with the volume of namespace ${namespace}`];
    return [
      `these runs go with the volume of namespace ${namespace}:`,
      ...runs.map((run) => `  ${runText(run)}`),
    ];
  } catch (error) {
    return [
      `the cluster of context ${context} does not answer (${(error as Error).message})`,
      "if it is gone for good: PULUMI_K8S_DELETE_UNREACHABLE=true pulumi destroy",
      ...known.map((run) => `  lost with it: ${runText(run)}`),
    ];
  }
}

/** The list of the last update; none of one that was cut off. */
function listed(text: string | undefined): readonly KeptRun[] {
  try {
    return JSON.parse(text ?? "[]") as KeptRun[];
  } catch {
    return [];
  }
}

for (const line of await lostRuns()) console.error(line);
process.exit(0);
