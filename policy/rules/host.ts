import { containers } from "../kubernetes.ts";
import { podRule } from "../podRule.ts";

/** A pod sees nothing of its node. */
export const host = podRule(
  "host",
  "A pod shares no network, no processes and no files with its node.",
  function* (pod) {
    for (const field of ["hostNetwork", "hostPID", "hostIPC"] as const) {
      if (pod[field] === true) yield `${field} is true — allowed: false — remove it`;
    }
    for (const { name, hostPath } of pod.volumes ?? []) {
      if (hostPath !== undefined) {
        yield `volume ${name}: hostPath ${hostPath.path} is a folder of the node — allowed: any other kind of volume — use a persistentVolumeClaim to keep files, or an emptyDir`;
      }
    }
    for (const { name, ports = [] } of containers(pod)) {
      for (const { hostPort = 0 } of ports) {
        if (hostPort !== 0) {
          yield `container ${name}: hostPort ${hostPort} is a port of the node — allowed: ports of the pod — remove hostPort and reach the port by a Service`;
        }
      }
    }
  },
);
