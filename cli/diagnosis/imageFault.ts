import { ENGINE } from "../../contract/variables.ts";
import { oneLine } from "../../kube/oneLine.ts";
import { cause, type Cause } from "./cause.ts";
import { loginRemedy } from "./loginRemedy.ts";
import { firstSeen } from "./event.ts";
import { containerOf, type ContainerStatus, type Pod } from "./objects.ts";
import { imageRemedy } from "./imageRemedy.ts";
import type { Snapshot } from "./snapshot.ts";

/** Seconds that a pull may fail; `refused` when the registry would always answer the same. */
const GRACE = { pull: 60, refused: 8 } as const;

/** Reasons of the kubelet, pkg/kubelet/images/types.go. */
export const PULLING = [
  "ErrImagePull",
  "ImagePullBackOff",
  "ErrImageNeverPull",
  "InvalidImageName",
  "ImageInspectError",
  "RegistryUnavailable",
  "SignatureValidationFailed",
];
/** Answers of a registry that a repeated request does not change. */
const REFUSED = /not ?found|manifest unknown|unauthorized|denied|forbidden|invalid|never/i;
/** Images that no registry has: a stack loads them into the nodes of a local cluster. */
const LOADED = /^kubeflower:[0-9a-f]{16}(-arm64)?$/;
/** Messages of the kubelet that name no cause. */
const EMPTY = /^(Back-off pulling image "[^"]*"|Error: \w+)$/;

/** Finds a container whose image cannot be pulled, or null. */
export function imageFault(snapshot: Snapshot, pod: Pod, container: ContainerStatus): Cause | null {
  const { reason = "", message } = container.state?.waiting ?? {};
  if (!PULLING.includes(reason)) return null;
  const failures = snapshot.eventsOf(pod.metadata, "Failed", "ErrImageNeverPull");
  const first = failures[0] === undefined ? pod.status?.startTime : firstSeen(failures[0]);
  // In back-off the container often names no cause; its events do.
  const causes = [message, ...failures.map((event) => event.message)].filter(
    (text) => text !== undefined && !EMPTY.test(text),
  );
  const why = causes.at(0) ?? reason;
  const grace = REFUSED.test(`${reason} ${why}`) ? GRACE.refused : GRACE.pull;
  if (reason === "InvalidImageName") {
    // The settings refuse such a name: somebody else wrote it.
    return cause(
      `container ${container.name} of pod ${pod.metadata.name} has an image name that is none: ${oneLine(why)} — give the pods the stack's image back: pulumi up --refresh`,
      snapshot.secondsSince(first),
      grace,
    );
  }
  const image = containerOf(pod, container)?.image ?? container.image ?? "?";
  if (LOADED.test(image)) {
    return cause(
      `image ${image} is not on node ${pod.spec.nodeName ?? "?"} (pod ${pod.metadata.name}) — \`pulumi up\` loads it into each node; this one has lost it, or came later — load it again: pulumi up --replace '**Command::kubeflower-*'`,
      snapshot.secondsSince(first),
      GRACE.refused,
    );
  }
  const answer = pullReason(why, image);
  const remedy =
    strangeImage(pod, container, image) ??
    loginRemedy(snapshot, pod, image, why) ??
    imageRemedy(`${reason} ${answer}`);
  return cause(
    `image ${image} cannot be pulled (pod ${pod.metadata.name}): ${answer} — ${remedy}`,
    snapshot.secondsSince(first),
    grace,
  );
}

/** Remedy for an engine whose image somebody has changed; undefined where it is the stack's own. */
function strangeImage(pod: Pod, container: ContainerStatus, image: string): string | undefined {
  const { env = [] } = containerOf(pod, container) ?? {};
  const declared = env.find(({ name }) => name === ENGINE.image)?.value;
  return declared === undefined || declared === image
    ? undefined
    : `the stack's image is ${declared} — give the pods that back: pulumi up --refresh; where the cluster itself names another, have its administrators put it there`;
}

/** End of the runtime's chain of errors, without the image's name that each of them repeats. */
function pullReason(message: string, image: string): string {
  const parts = oneLine(message)
    .split(/: (?=[^/])/)
    .filter((part) => !part.includes(image) && !/^(ErrImagePull|rpc error)$/.test(part));
  return parts.slice(-2).join(": ") || oneLine(message);
}
