import { NAMES } from "../../contract/names.ts";
import type { ClientActivity, Status } from "../../contract/status.ts";
import type { Answer } from "../answer.ts";
import { connectTo } from "../connection.ts";
import { diagnose } from "../diagnosis/diagnose.ts";
import { isServer, isTerminating, type Pod } from "../diagnosis/objects.ts";
import type { Snapshot } from "../diagnosis/snapshot.ts";
import { waitingForClients } from "../diagnosis/waiting.ts";
import { etaOf } from "../eta.ts";
import { failureSentence } from "../failureSentence.ts";
import { Fault, faultOf } from "../fault.ts";
import { noServer, unanswered } from "../missingServer.ts";
import type { Place } from "../place.ts";
import { policyWarning } from "../policyWarning.ts";
import { secondsText } from "../quantities.ts";
import { closingTable, tableRow } from "../report.ts";
import { ServerFiles } from "../results/serverFiles.ts";
import { slowestOf, type Slowest } from "../slowest.ts";
import { table } from "../table.ts";

/** Shows the server's run, and what each client does. */
export async function status(place: Place): Promise<Answer> {
  const { federation, status: client, port } = connectTo(place);
  const asked = client.read().catch((fault: unknown) => faultOf(fault));
  const [snapshot, found] = await Promise.all([federation.snapshot(undefined), asked]);
  if (found === null) throw await noServer(federation);
  if (found instanceof Fault) {
    // A server that does not answer may have a known cause.
    const cause = diagnose(snapshot);
    throw cause === null
      ? unanswered(snapshot, found)
      : new Fault("unreached", ...sentence(cause.text));
  }
  const slowest = found.history.length === 0 ? null : slowestOf(new ServerFiles(port), found.run);
  return statusAnswer(place, found, snapshot, await slowest);
}

function sentence(cause: string): [string, string] {
  const { what, remedy } = faultOf(new Error(cause));
  return [what, remedy];
}

/** Shows a run, the reason when it has failed, what it waits for or is kept by, and its clients. */
export function statusAnswer(
  place: Place,
  run: Status,
  snapshot: Snapshot,
  slowest: Slowest | null = null,
): Answer {
  const held = diagnose(snapshot, run.state === "running")?.text ?? null;
  const cause = run.state === "failed" ? failureSentence(run) : held;
  const clients = run.clients.map((client) => ({ ...client, ...placeOf(client, snapshot) }));
  const eta = etaOf(run);
  const rows = clients.map(({ partition, pod, node, doing, seconds }) => {
    const since = seconds === null ? "-" : secondsText(seconds);
    return [partition.toString(), pod ?? "-", node ?? "-", doing, since];
  });
  const server = snapshot.currentPods().find(isServer);
  return {
    document: {
      ...place,
      ...run,
      clients,
      server: { pod: server?.metadata.name ?? null, node: server?.spec.nodeName ?? null },
      eta_seconds: eta,
      slowest,
      cause,
    },
    lines: [
      closingTable(run),
      tableRow("server", `${server?.metadata.name ?? "-"} on ${server?.spec.nodeName ?? "-"}`),
      run.state === "running" ? tableRow("round", roundText(run, eta)) : [],
      slowest === null ? [] : tableRow("slowest", slowestText(slowest)),
      waits(run, snapshot),
      run.warning ?? [],
      cause ?? [],
      held === cause ? [] : (held ?? []),
      policyWarning(run) ?? [],
      rows.length === 0 ? [] : ["", ...table(["client", "pod", "node", "does", "for"], rows)],
    ].flat(),
    code: run.state === "failed" ? 1 : 0,
  };
}

/** Tells which clients a run waits for, or which of them come once their images are pulled. */
function waits(run: Status, snapshot: Snapshot): string | [] {
  if (run.state === "waiting") return waitingForClients(run, snapshot).text;
  const offline = run.clients.filter(({ doing }) => doing === "offline");
  const waitingFor = offline.map(({ partition }) => partition);
  const { text, busy } = waitingForClients({ nodes: run.nodes, waitingFor }, snapshot);
  return run.state === "running" && busy ? text : [];
}

function roundText({ round, rounds, elapsed }: Status, eta: number | null): string {
  const since = elapsed === null ? "" : `, for ${secondsText(elapsed)}`;
  const left = eta === null ? "" : `, about ${secondsText(eta)} left`;
  return `${round} of ${rounds}${since}${left}`;
}

function slowestText({ partition, seconds, median }: Slowest): string {
  return `client ${partition}, ${seconds.toFixed(1)} s a round; median of all ${median.toFixed(1)} s`;
}

/** Pod and node of a client; null where it has none. */
function placeOf(
  { partition }: ClientActivity,
  snapshot: Snapshot,
): { pod: string | null; node: string | null } {
  const name = `${NAMES.client}-${partition}`;
  const isIt = (pod: Pod): boolean => pod.metadata.name === name && !isTerminating(pod);
  const pod = snapshot.objects.pods.find(isIt);
  return { pod: pod?.metadata.name ?? null, node: pod?.spec.nodeName ?? null };
}
