import { imageFault } from "../../diagnosis/imageFault.ts";
import type { Snapshot } from "../../diagnosis/snapshot.ts";
import type { ClusterCheck } from "../check.ts";
import { faultBy, ok, unchecked, type Finding } from "../finding.ts";
import { setting } from "../patient.ts";

/** Checks that the nodes get the image: the pods that are there tell. */
export const image: ClusterCheck = {
  name: "image",
  run: async (patient) => {
    const snapshot = await patient.snapshot();
    const found = snapshot === null ? null : pullFinding(snapshot);
    if (found !== null) return found;
    const registry = setting(patient, "registry");
    if (registry === undefined) {
      return unchecked("no pod is there that would have pulled the image");
    }
    const hint = await registryAnswers(registry);
    return unchecked(
      `no pod is there that would have pulled the image; registry ${registry} ${hint} from here, which says little of the nodes`,
    );
  },
};

/** Reads from the pods whether their image was pulled; null when there are none. */
export function pullFinding(snapshot: Snapshot): Finding | null {
  const pods = snapshot.currentPods();
  if (pods.length === 0) return null;
  let pulled = 0;
  for (const pod of pods) {
    for (const container of pod.status?.containerStatuses ?? []) {
      const cause = imageFault(snapshot, pod, container);
      if (cause !== null) {
        return faultBy(cause.text);
      }
      const { running, terminated } = container.state ?? {};
      const started = running ?? terminated ?? container.lastState?.terminated;
      if (started !== undefined) pulled += 1;
    }
  }
  return pulled === pods.length
    ? ok(`the nodes have the image: ${pulled} of ${pods.length} pods have started it`)
    : unchecked(`${pulled} of ${pods.length} pods have started the image, the others not yet`);
}

/** Asks the registry itself, with no login: 401 is an answer. */
async function registryAnswers(registry: string): Promise<"answers" | "does not answer"> {
  const [host = ""] = registry.split("/");
  const scheme = /^(localhost|127\.)/.test(host) ? "http" : "https";
  try {
    await fetch(`${scheme}://${host}/v2/`, { signal: AbortSignal.timeout(3000) });
    return "answers";
  } catch {
    return "does not answer";
  }
}
