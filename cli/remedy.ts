import type { Failure, Status } from "../contract/status.ts";
import { oneLine } from "../kube/oneLine.ts";

const MEBIBYTE = 1024 ** 2;

/** Why a run failed, and the command that mends it: one sentence. */
export function failureSentence(status: Status): string {
  const reason = status.reason ?? "the server gave no reason";
  const done = `after ${status.history.length} of ${status.rounds} rounds`;
  if (status.failure?.interrupted !== true) {
    return oneLine(
      `run ${status.run} failed ${done}: ${reason} — correct it and run \`pulumi up\`, or \`pulumi config set runToken\` to a new word to run the same again`,
      2000,
    );
  }
  const then = `then \`pulumi up\`: the run goes on after round ${status.history.length}`;
  return oneLine(
    `run ${status.run} was interrupted ${done}: ${reason} — ${remedy(status.failure)}, ${then}`,
    2000,
  );
}

function remedy({ code, seconds, role, limit, total }: Failure): string {
  switch (code) {
    case "timeout":
      return `give a round more time: pulumi config set roundTimeout ${2 * (seconds ?? 600)}`;
    case "memory":
      return `raise it: pulumi config set --path ${role === "server" ? "server" : "client"}Resources.memory ${twice(limit, "1536Mi")}`;
    case "disk":
      return `enlarge the volume: pulumi config set storage ${twice(total, "2Gi")}`;
    case "keys":
      return "let the server have the cluster's new keys: pulumi up";
    default:
      return "bring the clients back: kubectl get pods -l app=flower-client";
  }
}

/** Twice a number of bytes, as a quantity of whole mebibytes; `otherwise` when it is not known. */
function twice(bytes: number | undefined, otherwise: string): string {
  return bytes === undefined ? otherwise : `${Math.ceil((2 * bytes) / MEBIBYTE)}Mi`;
}
