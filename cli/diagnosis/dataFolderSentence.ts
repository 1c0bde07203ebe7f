import { NAMES } from "../../contract/names.ts";
import type { Pod } from "./objects.ts";

/** Words of the kubelet for a path in a volume that is not there and may not be made. */
const SUB_PATH = /failed to create subPath directory for volumeMount "([^"]+)" of container/;

/** Says which folder of its data a client lacks; undefined when the message is about something else. */
export function dataFolderSentence(pod: Pod, message: string): string | undefined {
  const name = SUB_PATH.exec(message)?.[1];
  const partition = pod.metadata.name.replace(`${NAMES.client}-`, "");
  const mounts = pod.spec.containers.flatMap(({ volumeMounts = [] }) => volumeMounts);
  const mount = mounts.find((one) => one.name === name);
  const path = mount?.subPathExpr;
  if (mount === undefined || path === undefined) return undefined;
  const folder = path.replace(/\$\(\w+\)/g, partition);
  return `client ${partition} has no folder ${folder} in the volume for its ${mount.mountPath} — each client of the setting data needs its own — make it where the files are, and its pod starts by itself; or set replicas to the clients that have one`;
}
