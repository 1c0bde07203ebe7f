/*
 * Prints which runs `pulumi destroy` deletes with the server's volume, and which claims with data it
 * deletes or leaves; when the cluster is gone, how to destroy the stack without it. A destroy starts
 * it first of all, with KUBEFLOWER_RUNS = {context, namespace, deletesNamespace, …} and the list of the last update in PULUMI_COMMAND_STDOUT.
 * Fails, and so stops the destroy, only when that would delete what somebody else has made.
 */
import type { RunSummary } from "../contract/status.ts";
import { COMMAND } from "../contract/variables.ts";
import { clientOf } from "../kube/client.ts";
import { dataClaimLines } from "./dataClaims.ts";
import type { Claim, Namespace } from "./diagnosis/objects.ts";
import { Federation } from "./federation.ts";
import { listed } from "./listedRuns.ts";
import { othersSentence } from "./othersObjects.ts";
import { keptRunLine } from "./report.ts";
import { StatusClient } from "./statusClient.ts";

const { context, namespace, deletesNamespace, owner } = JSON.parse(
  process.env[COMMAND.runs] ?? "{}",
) as {
  context: string;
  namespace: string;
  deletesNamespace: boolean;
  owner?: string;
};

/** The sentence for what is somebody else's; undefined where the cluster does not say so. */
async function others(): Promise<string | undefined> {
  try {
    const cluster = clientOf(context);
    const path = `/api/v1/namespaces/${namespace}`;
    const read = async () => (await cluster.get<Namespace>(path)).object;
    const claims = await claimsOf(new Federation(cluster, namespace));
    const found = deletesNamespace ? await read().catch(() => undefined) : undefined;
    return othersSentence({ namespace: found, claims }, owner);
  } catch {
    return undefined;
  }
}

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

const stop = await others();
for (const line of stop === undefined ? await lostRuns() : [stop]) console.error(line);
process.exit(stop === undefined ? 0 : 1);
