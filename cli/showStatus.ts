import type { Status } from "../contract/status.ts";
import { clientOf } from "../kube/client.ts";
import { diagnose } from "./diagnosis.ts";
import { Federation } from "./federation.ts";
import { end } from "./follow.ts";
import { closingTable } from "./report.ts";
import { beforeStatus, whileWaiting } from "./situation.ts";
import type { Snapshot } from "./snapshot.ts";
import { StatusClient } from "./statusClient.ts";

/**
 * Prints how the federation stands and ends the process: 0 when its server answers, 1 when
 * its run has failed or with what keeps the server from answering.
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
    if (status === null) return end(1, whyNot(snapshot));
    const lines = json ? [JSON.stringify(status)] : statusLines(status, snapshot);
    process.stdout.write(`${lines.join("\n")}\n`);
    return end(status.state === "failed" ? 1 : 0);
  } catch (error) {
    return end(1, error instanceof Error ? error.message : String(error));
  }
}

/** A run and what it waits for or failed of. */
export function statusLines(status: Status, snapshot: Snapshot): string[] {
  const finding = diagnose(snapshot, status.state === "running");
  return [
    ...closingTable(status),
    ...(status.reason === null ? [] : [`reason        ${status.reason}`]),
    ...(status.state === "waiting" ? [whileWaiting(status, snapshot).text] : []),
    ...(finding === null ? [] : [finding.sentence]),
  ];
}

/** Why no server answers: a known cause, or what is being waited for. */
export function whyNot(snapshot: Snapshot): string {
  return diagnose(snapshot)?.sentence ?? beforeStatus(snapshot).text;
}
