import type { V1ContainerStatus, V1Pod } from "@kubernetes/client-node";
import { seconds, sentence } from "./evidence.ts";

const IMAGE = ["ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull"];
const REFUSED = ["CreateContainerConfigError", "CreateContainerError", "RunContainerError"];
const STEADY = 60;
// The longest pause of a crash loop is 5 minutes.
const FORGOTTEN = 600;

/** Why a pod's container does not run; null when it does or may still start. */
export function containerTrouble(pod: V1Pod, now: Date): string | null {
  for (const status of pod.status?.containerStatuses ?? []) {
    const found = imageTrouble(pod, status) ?? refused(pod, status) ?? crash(pod, status, now);
    if (found !== null) return found;
  }
  return null;
}

function imageTrouble(pod: V1Pod, status: V1ContainerStatus): string | null {
  const waiting = status.state?.waiting;
  if (!IMAGE.includes(waiting?.reason ?? "")) return null;
  const image = pod.spec?.containers.find(({ name }) => name === status.name)?.image;
  // The kubelet's back-off sentence ends with the registry's answer; alone it says nothing.
  const message = (waiting?.message ?? "").replace(/^Back-off pulling image "[^"]*":? ?/, "");
  const said = message === "" ? "" : `: ${message}`;
  const remedy =
    waiting?.reason === "InvalidImageName"
      ? "correct `image`"
      : waiting?.reason === "ErrImageNeverPull"
        ? "load the image into the node (`pulumi up` does so with `cluster: minikube`)"
        : "check that the node reaches the registry, may read from it, and that the image was pushed";
  return sentence(
    `pod ${pod.metadata?.name} cannot get image ${image ?? status.image} (${waiting?.reason})${said}`,
    remedy,
  );
}

function refused(pod: V1Pod, status: V1ContainerStatus): string | null {
  const waiting = status.state?.waiting;
  if (!REFUSED.includes(waiting?.reason ?? "")) return null;
  return sentence(
    `pod ${pod.metadata?.name} cannot start its container (${waiting?.reason}): ${waiting?.message ?? ""}`,
    "correct the image, or what the message names",
  );
}

function crash(pod: V1Pod, status: V1ContainerStatus, now: Date): string | null {
  const end = status.state?.terminated ?? status.lastState?.terminated;
  if (end === undefined || end.exitCode === 0 || status.restartCount < 2) return null;
  if (seconds(end.finishedAt, now) > FORGOTTEN) return null;
  const running = status.state?.running;
  if (running !== undefined && seconds(running.startedAt, now) > STEADY) return null;

  const name = pod.metadata?.name ?? "";
  const times = `restarted ${status.restartCount} times`;
  const server = name.startsWith("flower-server");
  if (end.reason === "OOMKilled") {
    const limit = pod.spec?.containers.find(({ name: one }) => one === status.name)?.resources
      ?.limits?.memory;
    return sentence(
      `pod ${name} needs more memory than its limit of ${limit ?? "the node's"} (OOMKilled, ${times})`,
      `raise memory in \`${server ? "serverResources" : "clientResources"}\``,
    );
  }
  const last = (end.message ?? "").trimEnd().split("\n").at(-1)?.trim();
  const said = last === undefined || last === "" ? `${end.reason}, and said nothing` : last;
  return sentence(
    `pod ${name} crashes (exit code ${end.exitCode}, ${times}): ${said}`,
    `see \`kubectl logs -n ${pod.metadata?.namespace} ${name} --previous\`, correct it and run \`pulumi up\``,
  );
}
