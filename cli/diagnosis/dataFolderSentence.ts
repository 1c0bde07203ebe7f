import { NAMES } from "../../contract/names.ts";
import type { Pod } from "./objects.ts";

/** Words of the kubelet for a path in a volume that is not there and may not be made. */
const SUB_PATH = /failed to create subPath directory for volumeMount "([^"]+)" of container/;
/** Words of the kubelet for a node's folder that is not there, or is a file. */
const NODE_FOLDER =
  /volume "\S*(flower-data-[0-9a-f]{8})" : (?:path "([^"]+)" does not exist|only directory and block device)/;

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

/** Says which folder the pod's node lacks; undefined when the message is about something else. */
export function nodeFolderSentence({ metadata, spec }: Pod, message: string): string | undefined {
  const [found, claim, folder = "its hostPath"] = NODE_FOLDER.exec(message) ?? [];
  const volume = spec.volumes?.find(
    ({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName === claim,
  );
  const mounts = spec.containers.flatMap(({ volumeMounts = [] }) => volumeMounts);
  const mount = mounts.find(({ name }) => name === volume?.name);
  if (found === undefined || mount === undefined) return undefined;
  const partition = metadata.name.replace(`${NAMES.client}-`, "");
  return `client ${partition} cannot have its ${mount.mountPath}: ${folder} is no folder of node ${spec.nodeName ?? ""} — a hostPath of data must be one on each node that a client may come to — make it there, and the pod starts by itself; or name another in data`;
}
