import * as pulumi from "@pulumi/pulumi";
import {
  clusterFacts,
  type ClusterFacts,
  type KubernetesApi,
  type Place,
} from "../kube/clusterFacts.ts";
import type { Delivery } from "../settings/rules.ts";
import type { RunSpec } from "../settings/table.ts";
import { classWarnings, exclusiveClaim } from "./dataClasses.ts";
import { claimsOf, dataVerdict, type WantedData } from "./dataRefusals.ts";
import { meetDocker } from "./dockerContact.ts";
import { meetNodes } from "./nodeContact.ts";
import { liveObjects } from "./liveObjects.ts";
import { refusal, type Encounter, type Wanted } from "./refusals.ts";
import { stackState, type StackState } from "./stackState.ts";

/**
 * Reads the stack's state and asks the cluster and Docker, before anything is registered.
 * @param update whether this is an update, which needs the cluster, and not a preview
 * @throws pulumi.RunError when the update must not begin; nothing was changed then
 */
export async function meet(
  settings: Wanted &
    Place &
    Omit<WantedData, "replicas"> & {
      readonly delivery: Delivery;
      readonly run: Pick<RunSpec, "replicas">;
    },
  update: boolean,
): Promise<Encounter & { readonly cluster: ClusterFacts }> {
  const [state, cluster] = await Promise.all([
    stackState(),
    clusterFacts(settings, update),
    meetDocker(settings.delivery, update),
  ]);
  if (cluster.warning !== undefined) await pulumi.log.warn(cluster.warning);
  await meetNodes(settings.delivery, cluster.api, update);
  const live = await liveObjects(cluster.api, settings.namespace, state);
  const known = state.cluster ?? cluster.id;
  const isElsewhere = cluster.id !== "" && cluster.id !== known;
  const encounter = { wanted: settings, state, live, isElsewhere };
  const refused = refusal(encounter);
  if (refused?.warns === false) throw new pulumi.RunError(refused.sentence);
  if (refused !== undefined && !update) await pulumi.log.warn(refused.sentence);
  const wantedData = { ...settings, replicas: settings.run.replicas };
  await judgeData(cluster.api, wantedData, state);
  // Another user of the stack may see less, and it is the same cluster: its objects were found there.
  return { ...encounter, cluster: { ...cluster, id: cluster.id || (state.cluster ?? "") } };
}

async function judgeData(api: KubernetesApi, wanted: WantedData, state: StackState): Promise<void> {
  const { refused, left } = dataVerdict(wanted, state, await claimsOf(api, wanted, state));
  const sentence = refused ?? (await exclusiveClaim(api, wanted));
  if (sentence !== undefined) throw new pulumi.RunError(sentence);
  const warnings = [...left, ...(await classWarnings(api, wanted, state))];
  for (const warning of warnings) await pulumi.log.warn(warning);
}
