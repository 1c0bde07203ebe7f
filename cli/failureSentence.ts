import { NAMES } from "../contract/names.ts";
import type { Failure, Status } from "../contract/status.ts";
import { oneLine } from "../kube/oneLine.ts";
import { resourceCommand } from "./diagnosis/resourceCommand.ts";

const MEBIBYTE = 1024 ** 2;
/** Longest sentence, in characters. */
const LONGEST = 2000;

/** Tells why a run failed, and the command that fixes it: one sentence. */
export function failureSentence({ run, reason, history, rounds, failure }: Status): string {
  const done = `after ${history.length} of ${rounds} rounds`;
  const why = reason ?? "the server gave no reason";
  if (failure?.interrupted !== true) {
    return oneLine(
      `run ${run} failed ${done}: ${why} — ${closedWay(why)}correct it and run \`pulumi up\`, or \`pulumi config set runToken\` to a new word to run the same again`,
      LONGEST,
    );
  }
  if (failure.code === "stopped") {
    return `run ${run} was stopped ${done} — fetch what it has: kubeflower results — or let it go on: pulumi up`;
  }
  return oneLine(
    `run ${run} was interrupted ${done}: ${why} — ${remedy(failure)} \`pulumi up\`: the run goes on after round ${history.length}`,
    LONGEST,
  );
}

/**
 * Words of an app that could not connect, by Python's socket module, urllib, requests, httpx, aiohttp,
 * boto, gRPC, curl, Arrow, Hugging Face's libraries, Weights & Biases and clients of databases. A
 * policy drops or refuses what it denies, as the cluster's network has it.
 */
const UNCONNECTED = new RegExp(
  [
    "timed? ?out while connecting|connect(ion)? ?time(d )?-?out|ConnectTimeout|TimeoutError: timed out",
    "urlopen error.*timed out|handshake operation timed out|operation timed out|lookup timed out",
    "connection to server .*timeout expired|timeout connecting to|FSTimeoutError",
    "Max retries exceeded|connection attempts failed|NETWORK_CONNECTION|initialization has timed out",
    "(could not|couldn't|cannot|can't|unable to|failed to) (connect|reach|translate host name)",
    "(could not|couldn't) resolve host|failed to (resolve|establish a new connection)",
    "Name or service not known|No address associated with hostname",
    "Temporary failure in name resolution|check your (internet )?connection",
    "Network is unreachable|Connection refused|No route to host",
  ].join("|"),
  "i",
);

/** The setting that opens a way out, for an app that could not connect; empty for others. */
function closedWay(why: string): string {
  if (!UNCONNECTED.test(why)) return "";
  const [who, setting] = /\bclient \d+: /.test(why)
    ? ["clients reach", "egress"]
    : ["the server reaches", "serverEgress"];
  return `${who} only what ${setting} opens, such as pulumi config set --path '${setting}[0]' https — `;
}

/** The way on, up to the update that goes on. */
function remedy(failure: Failure): string {
  const { code, seconds = 600, role, limit, user } = failure;
  switch (code) {
    case "timeout":
      return `give a round more time: pulumi config set roundTimeout ${2 * seconds}, then`;
    case "memory": {
      const owner = role === "server" ? "server" : "client";
      return `raise it: ${resourceCommand(owner, "memory", twice(limit) ?? "1536Mi")}, then`;
    }
    case "disk":
      return `${roomSentence(failure)}, then`;
    case "volume":
      return user === undefined
        ? "let the pod write it, or take another class of volumes: pulumi config set storageClass <name>, then"
        : `give it to the server: chown ${user} that folder on its node; or take a class of volumes that pods may write: pulumi config set storageClass <name>, then`;
    case "keys":
      return "give the server the cluster's new keys:";
    default:
      return `bring the clients back: kubectl get pods -l app=${NAMES.client}, then`;
  }
}

/** The ways to more room on the server's volume. */
function roomSentence({ total = 0, wanted = 0, runs = {}, shared = false }: Failure): string {
  // A file system has less room than its volume.
  const bytes = Math.max(2 * total, 1.25 * wanted);
  const size = bytes === 0 ? "2Gi" : `${Math.ceil(bytes / MEBIBYTE)}Mi`;
  const larger = shared
    ? "free some of the disk that the volume lies on"
    : `enlarge the volume: pulumi config set storage ${size}`;
  const others = Object.keys(runs).length - 1;
  const fewer = `, or keep fewer runs: pulumi config set keepRuns ${Math.max(1, Math.floor(others / 2))}`;
  return `${larger}${others < 1 ? "" : fewer}`;
}

/** Twice a number of bytes, as a Kubernetes quantity of whole mebibytes. */
function twice(bytes: number | undefined): string | undefined {
  return bytes === undefined ? undefined : `${Math.ceil((2 * bytes) / MEBIBYTE)}Mi`;
}
