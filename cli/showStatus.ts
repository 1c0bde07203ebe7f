import type { Status } from "../contract/status.ts";
import { clientOf } from "../kube/client.ts";
import { diagnose } from "./diagnosis/diagnose.ts";
import type { Snapshot } from "./diagnosis/snapshot.ts";
import { waitingForClients, waitingForServer } from "./diagnosis/waiting.ts";
import { endProcess } from "./endProcess.ts";
import { Federation } from "./federation.ts";
import { closingTable, tableRow } from "./report.ts";
import { StatusClient } from "./statusClient.ts";

/**
 * Prints a federation's state and ends the process: 0 when its server answers, 1 when the run has
 * failed, or with the cause when no server answers.
 * @param json print the server's whole status as JSON, not a table
 */
export async function showStatus(
  context: string,
  namespace: string,
  json: boolean,
): Promise<never> {
  try {
    const cluster = clientOf(context);
    const federation = new Federation(cluster, namespace);
    const snapshot = await federation.snapshot(undefined);
    const status = await new StatusClient(cluster, federation).read();
    if (status === null) return endProcess(1, missingServer(snapshot));
    const lines = json ? [JSON.stringify(status)] : statusLines(status, snapshot);
    process.stdout.write(`${lines.join("\n")}\n`);
    return endProcess(status.state === "failed" ? 1 : 0);
  } catch (error) {
    return endProcess(1, error instanceof Error ? error.message : String(error));
  }
}

/** Prints a run, the reason when it has failed, and what it waits for or is kept by. */
export function statusLines(status: Status, snapshot: Snapshot): string[] {
  const cause = diagnose(snapshot, status.state === "running");
  return [
    closingTable(status),
    status.reason === null ? [] : tableRow("reason", status.reason),
    status.state === "waiting" ? waitingForClients(status, snapshot).text : [],
    cause ?? [],
  ].flat();
}

/** Tells why no server answers: a known cause, else what is waited for. */
export function missingServer(snapshot: Snapshot): string {
  return diagnose(snapshot) ?? waitingForServer(snapshot).text;
}
