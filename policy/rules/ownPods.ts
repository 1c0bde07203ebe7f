import type { ResourceValidationPolicy } from "@pulumi/policy";

import { type OwnPod, PODS } from "../../contract/pods.ts";
import { type Container, containers, type Pod, podTemplate } from "../kubernetes.ts";
import { known } from "../known.ts";

const OWN: Readonly<Record<string, OwnPod>> = PODS;
/** Folders of the image with the engine's programs, the app and its packages. */
const PROGRAMS = ["/app", "/bin", "/lib", "/lib64", "/opt", "/usr"];

/**
 * The server's and the clients' pods run the engine as its own account, and nobody reads its proofs
 * or takes the place of its files.
 */
export const ownPods: ResourceValidationPolicy = {
  name: "own-pods",
  description: "The engine's pods run its programs, with its account and its files.",
  validateResource: (resource, refuse) => {
    const template = podTemplate(resource);
    const own = OWN[template?.metadata?.labels?.app ?? ""];
    if (template === undefined || own === undefined) return;
    const pod = template.spec ?? { containers: [] };
    for (const fault of [...podFaults(pod, own), ...volumeFaults(pod, own)]) refuse(fault);
    for (const container of containers(pod)) {
      const faults =
        container.name === own.container ? ownFaults(container, own) : otherFaults(container, own);
      for (const fault of faults) refuse(`container ${container.name}: ${fault}`);
    }
  },
};

function* podFaults(pod: Pod, { account, container }: OwnPod): Generator<string> {
  for (const field of ["serviceAccountName", "serviceAccount"] as const) {
    // A component has an output there, and a preview may not know it.
    const given: unknown = known(() => pod[field]);
    if (typeof given === "string" && given !== account) {
      yield `serviceAccountName is ${given} — allowed: ${account ?? "none"}, whose rights are known — remove it`;
    }
  }
  if (pod.shareProcessNamespace === true) {
    yield "shareProcessNamespace is true: containers see each other's memory and files — allowed: false — remove it";
  }
  if (!pod.containers.some(({ name }) => name === container)) {
    yield `the pod has no container ${container} — allowed: others beside it — leave it as it is`;
  }
}

function* volumeFaults({ volumes = [] }: Pod, own: OwnPod): Generator<string> {
  for (const volume of volumes) {
    const { kind } = own.volumes[volume.name] ?? {};
    if (kind !== undefined && volume[kind] === undefined) {
      yield `volume ${volume.name} is no ${kind} — allowed: the engine's own — give yours another name`;
    }
  }
}

function* ownFaults(container: Container, own: OwnPod): Generator<string> {
  const { command = [], args = [], volumeMounts = [], lifecycle } = container;
  const line = [...command, ...args];
  if (line.length !== 1 || line[0] !== own.command) {
    yield `command and args are ${JSON.stringify(line)} — allowed: ["${own.command}"] — remove them, and put what you start into a container of its own`;
  }
  if (lifecycle !== undefined) {
    yield "lifecycle starts other programs beside the engine — allowed: none — put them into a container of their own";
  }
  for (const { mountPath, name } of volumeMounts) {
    const shadowed = shadows(mountPath, name, own);
    if (shadowed !== undefined) {
      yield `volume ${name} at ${mountPath} hides ${shadowed} of the engine — allowed: a folder that is not its own — mount it elsewhere, at /data for example`;
    }
  }
}

/** Folder of the engine that a mount takes the place of, or puts files into. */
function shadows(path: string, name: string, { volumes }: OwnPod): string | undefined {
  const own = Object.entries(volumes)
    .filter(([volume]) => volume !== name)
    .map(([, { folder }]) => folder);
  return [...own, ...PROGRAMS].find((folder) => isWithin(path, folder) || isWithin(folder, path));
}

function isWithin(path: string, folder: string): boolean {
  return `${path}/`.replaceAll(/\/+/g, "/").startsWith(`${folder}/`.replaceAll(/\/+/g, "/"));
}

/** Another container may not have the volumes by which the engine proves who it is. */
function* otherFaults({ volumeMounts = [] }: Container, own: OwnPod): Generator<string> {
  for (const { name } of volumeMounts.filter(({ name }) => name in own.volumes)) {
    yield `it mounts the engine's volume ${name} — allowed: volumes of its own — remove the mount`;
  }
}
