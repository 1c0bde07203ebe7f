import { oneLine } from "../../kube/oneLine.ts";
import { condition, isReady, isServer, isTerminating, type Pod } from "./objects.ts";

/** Seconds that a client may need until it has joined, from the start of its app. */
const JOINING = 3;
/** Lines of the end of a log that are looked at. */
export const LINES = 20;

/** Clients that run and have not joined the server: their logs say why. */
export function strangers(pods: readonly Pod[], now: number): Pod[] {
  return pods.filter((pod) => {
    const since = condition(pod, "Ready")?.lastTransitionTime ?? pod.status?.startTime ?? "";
    const joining = now - Date.parse(since) < JOINING * 1000;
    return (
      !isServer(pod) &&
      !isTerminating(pod) &&
      !isReady(pod) &&
      !joining &&
      pod.status?.phase === "Running"
    );
  });
}

/** Finds why a client does not reach the server in the end of its log; undefined when it says nothing of it. */
export function complaintIn(log: string): string | undefined {
  const lines = log.split("\n").flatMap((line) => {
    const [, said] = /^client \d+: ([A-Z]+(?:_[A-Z]+)*: .*)$/.exec(line) ?? [];
    return said === undefined ? [] : [oneLine(said, 300)];
  });
  return lines.at(-1);
}
