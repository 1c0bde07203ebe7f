/*
 * Prints which runs `pulumi destroy` deletes with the server's volume, and which claims with data it
 * deletes or leaves; when the cluster is gone, how to destroy the stack without it. A destroy starts
 * it first of all, with KUBEFLOWER_RUNS = {context, namespace, deletesNamespace, …} and the list of the last update in PULUMI_COMMAND_STDOUT.
 * Never fails, as that would stop the destroy.
 */
import type { RunSummary } from "../contract/status.ts";
import { COMMAND } from "../contract/variables.ts";
import { clientOf } from "../kube/client.ts";
import { dataClaimLines } from "./dataClaims.ts";
import type { Claim } from "./diagnosis/objects.ts";
import { Federation } from "./federation.ts";
import { keptRunLine } from "./report.ts";
import { StatusClient } from "./statusClient.ts";

const { context, namespace, deletesNamespace } = JSON.parse(process.env[COMMAND.runs] ?? "{}") as {
  context: string;
  namespace: string;
  deletesNamespace: boolean;
};

async function lostRuns(): Promise<readonly string[]> {
  const known = listed(process.env.PULUMI_COMMAND_STDOUT);
  try {
    const cluster = clientOf(context);
    const federation = new Federation(cluster, namespace);
    const serverPods = await federation.serverPods();
    const live =
      serverPods.length === 0 ? null : await new StatusClient(cluster, federation).runs();
    const claims = dataClaimLines(await claimsOf(federation), namespace, deletesNamespace);
    return [...runLines(live ?? known), ...claims];
  } catch (error) {
    return [
      `the cluster of context ${context} does not answer (${(error as Error).message})`,
      "if it is gone for good: PULUMI_K8S_DELETE_UNREACHABLE=true pulumi destroy",
      ...known.map((run) => `  lost with it: ${keptRunLine(run)}`),
    ];
  }
}

function runLines(runs: readonly RunSummary[]): string[] {
  if (runs.length === 0) return [`no run goes with the volume of namespace ${namespace}`];
  return [
    `these runs go with the volume of namespace ${namespace}:`,
    ...runs.map((run) => `  ${keptRunLine(run)}`),
  ];
}

/** Lists the claims; none where this user may not see them. */
async function claimsOf(federation: Federation): Promise<readonly Claim[]> {
  return federation.claims().catch(() => []);
}

/** Reads the list of the last update; empty when that update was killed before it had one. */
function listed(text: string | undefined): readonly RunSummary[] {
  try {
    return JSON.parse(text ?? "[]") as RunSummary[];
  } catch {
    return [];
  }
}

for (const line of await lostRuns()) console.error(line);
process.exit(0);
