import * as pulumi from "@pulumi/pulumi";
import { clusterFacts, type ClusterFacts, type Place } from "../kube/clusterFacts.ts";
import type { Delivery } from "../settings/rules.ts";
import { meetDocker } from "./dockerContact.ts";
import { meetNodes } from "./nodeContact.ts";
import { liveObjects } from "./liveObjects.ts";
import { refusal, type Encounter, type Wanted } from "./refusals.ts";
import { stackState } from "./stackState.ts";

/**
 * Reads the stack's state and asks the cluster and Docker, before anything is registered.
 * @param update whether this is an update, which needs the cluster, and not a preview
 * @throws pulumi.RunError when the update must not begin; nothing was changed then
 */
export async function meet(
  settings: Wanted & Place & { readonly delivery: Delivery },
  update: boolean,
): Promise<Encounter & { readonly cluster: ClusterFacts }> {
  const [state, cluster] = await Promise.all([
    stackState(),
    clusterFacts(settings, update),
    meetDocker(settings.delivery, update),
  ]);
  await meetNodes(settings.delivery, cluster.api, update);
  const live = await liveObjects(cluster.api, settings.namespace, state);
  const encounter = { wanted: settings, state, live };
  const refused = refusal(encounter);
  if (refused?.warns === false) throw new pulumi.RunError(refused.sentence);
  if (refused !== undefined && !update) await pulumi.log.warn(refused.sentence);
  return { ...encounter, cluster };
}
