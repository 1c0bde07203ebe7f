import { NAMES } from "../contract/names.ts";
import { diagnose } from "./diagnosis/diagnose.ts";
import { isServer } from "./diagnosis/objects.ts";
import type { Snapshot } from "./diagnosis/snapshot.ts";
import { waitingForServer } from "./diagnosis/waiting.ts";
import { Fault, faultOf } from "./fault.ts";
import type { Federation } from "./federation.ts";

/** Tells why no server answers: a known cause, else what is waited for. */
export function missingServer(snapshot: Snapshot): string {
  return (
    diagnose(snapshot)?.text ??
    `${waitingForServer(snapshot).text} — see: kubectl -n ${snapshot.objects.namespace} get pods`
  );
}

/**
 * Tells of a server's pod that runs and gives no answer in time: the way to it goes through its node.
 * @param fault failure of the question; any other stays as it is
 */
export function unanswered(snapshot: Snapshot, fault: Fault): Fault {
  const server = snapshot.currentPods().find(isServer);
  if (fault.code !== "timeout" || server === undefined) return fault;
  const node = server.spec.nodeName ?? "?";
  return new Fault(
    "timeout",
    `pod ${server.metadata.name} does not answer through node ${node}: ${fault.what}`,
    `its kubelet and its container runtime must run, see: kubectl describe node ${node}`,
  );
}

/** Fault of a verb that needs the server while no pod of it runs. */
export async function noServer(federation: Federation): Promise<Fault> {
  const snapshot = await federation.snapshot(undefined);
  if (snapshot.server !== undefined) {
    const { what, remedy } = faultOf(new Error(missingServer(snapshot)));
    return new Fault("unreached", what, remedy);
  }
  const claims = (await federation.claims())
    .map(({ metadata }) => metadata.name)
    .filter((name) => name.startsWith(NAMES.server));
  const volume =
    claims.length === 0
      ? "and there is no volume with runs"
      : `and volume ${claims.join(", ")} with the runs is still there`;
  return new Fault(
    "unreached",
    `no ${NAMES.server} is in namespace ${federation.namespace}, ${volume}`,
    claims.length === 0
      ? "start it with `pulumi up --refresh`, or pass another --context or --namespace"
      : "start it again with `pulumi up --refresh`: the runs are there then",
  );
}
