import { containerOf, engineStatus, roleOf, type ContainerStatus, type Pod } from "./objects.ts";
import { preparationRemedy } from "./preparationRemedy.ts";
import { resourceCommand, twice } from "./resourceCommand.ts";
import type { Snapshot } from "./snapshot.ts";

/** Words of a runtime about a container that it cannot start, and the rule and remedy for each. */
const STARTS: readonly (readonly [
  words: RegExp,
  remedy: (pod: Pod, container: ContainerStatus) => string,
])[] = [
  // runc's words on cgroup v1 and v2, of a kill while it starts, CRI-O's, and those of Docker.
  [
    /set memory limit|memory limit too low|minimum memory limit|container init was OOM-killed/i,
    (pod, container) =>
      `its start needs more memory than its limit ${memoryLimit(pod, container)} — ${moreMemory(pod, container)}`,
  ],
  [
    /exec format error/i,
    (pod, container) =>
      `its program is for other machines — ${isEngine(pod, container) ? "build it for the nodes that there are: pulumi config rm platform" : restored(pod, container, "name an image for its node")}`,
  ],
  [
    /nvidia-container|libnvidia|nvml|unresolvable CDI devices/i,
    ({ spec: { nodeName = "" } }) =>
      `its node must have a working GPU driver — mend it, see: kubectl describe node ${nodeName}`,
  ],
  [
    /error mounting "/,
    (pod) =>
      `a folder is mounted onto a folder, and a file onto a file — mend it, in the setting data or ${roleOf(pod)}Pod, then: pulumi up`,
  ],
  [
    /chdir to cwd/,
    (pod, container) =>
      `its image must have that folder, and its user may enter it — ${restored(pod, container, "name one that it has")}`,
  ],
  [
    /\bexec:? "|executable file|^(?:stat \S+: )?no such file or directory$/,
    (pod, container) =>
      `its image must have that program — ${restored(pod, container, "name one that it has")}`,
  ],
];

/** Rule and remedy for a container that the runtime cannot start, by the runtime's words. */
export function startRemedy(
  words: string,
  snapshot: Snapshot,
  pod: Pod,
  container: ContainerStatus,
): string {
  const look = `see: kubectl -n ${snapshot.objects.namespace} describe pod ${pod.metadata.name}`;
  for (const [pattern, remedy] of STARTS) {
    if (!pattern.test(words)) continue;
    const told = remedy(pod, container);
    return told.includes("see: ") ? told : `${told}; or ${look}`;
  }
  return preparationRemedy(words, snapshot, pod);
}

/** Remedy for a container that needs more memory: the engine's has a setting, one beside it is of a patch. */
export function moreMemory(pod: Pod, container: ContainerStatus): string {
  const size = twice(memoryLimit(pod, container)) ?? "2Gi";
  return isEngine(pod, container)
    ? `raise it: ${resourceCommand(roleOf(pod), "memory", size)}`
    : `raise it, in the setting ${roleOf(pod)}Pod, then: pulumi up`;
}

/** Memory limit of a container, `?` where it has none of its own. */
export function memoryLimit(pod: Pod, container: ContainerStatus): string {
  return containerOf(pod, container)?.resources?.limits?.memory ?? "?";
}

/**
 * Remedy for what somebody changed in a container: the engine's is the stack's own, one beside it is of a patch.
 * @param change what its owner does, like `let it run on`
 */
export function restored(pod: Pod, container: ContainerStatus, change: string): string {
  return isEngine(pod, container)
    ? "give it back what the stack declares: pulumi up --refresh"
    : `${change}, in the setting ${roleOf(pod)}Pod, then: pulumi up`;
}

/** Tells whether a container is the engine's, which the stack declares. */
export function isEngine(pod: Pod, { name }: ContainerStatus): boolean {
  return engineStatus(pod)?.name === name;
}
