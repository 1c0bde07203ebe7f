import * as pulumi from "@pulumi/pulumi";
import { meet } from "./components/encounter.ts";
import { Federation } from "./components/federation.ts";
import { AppImage } from "./components/image.ts";
import { originOf } from "./components/origin.ts";
import { choosePlatform } from "./components/platform.ts";
import { Owner } from "./components/ownership.ts";
import { prometheus } from "./components/prometheus.ts";
import { clusterProvider } from "./components/provider.ts";
import { declaredClaim, keepsNamespace } from "./components/refusals.ts";
import { warnOfRemovals } from "./components/removals.ts";
import { tellsRefusals } from "./components/refusedObject.ts";
import { neverReplaced } from "./components/replacement.ts";
import { FederatedRun, type FederatedRunArgs } from "./components/run.ts";
import { verification } from "./components/verification.ts";
import { volumeNode } from "./components/volumeNode.ts";
import { loadSettings } from "./settings/read.ts";
import { runId } from "./settings/runId.ts";
import { shellWord } from "./contract/shellWord.ts";

const settings = loadSettings();
const { context, run: spec, runToken, timeout, wait } = settings;
const update = !pulumi.runtime.isDryRun();
const { state, cluster, live, isElsewhere } = await meet(settings, update);

const { app, base, buildArgs, delivery } = settings;
const builds = delivery.by !== "reference";
const platform = builds ? await choosePlatform(settings.platform, cluster.api) : undefined;
const appImage = new AppImage("kubeflower", {
  app,
  base,
  buildArgs,
  platform,
  delivery,
  cluster: cluster.id,
});
const id = runId({ sources: appImage.sources, run: spec, runToken });

warnOfRemovals(settings.keepRuns, state, id);
const origin = originOf(settings, appImage.sources);
const { storage, keepRuns, serviceType, gpus, spread } = settings;
const claim = declaredClaim(settings, state, live);
const home = await volumeNode(claim.storageClass, cluster.api);
const provider = clusterProvider(context, cluster, state);
const owner = new Owner("owner");
const federation = new Federation(
  "federation",
  {
    namespace: settings.namespace,
    createNamespace: settings.createNamespace,
    keepsNamespace: keepsNamespace(settings, state),
    verify: update ? verification(cluster.api, context, isElsewhere) : undefined,
    image: appImage.reference,
    runId: id,
    run: spec,
    tls: settings.tls,
    signingKeys: cluster.signingKeys,
    egress: { serverEgress: settings.serverEgress, clientEgress: settings.egress },
    variables: { values: settings.env, areSecret: settings.envIsSecret },
    pullSecret: settings.pullSecret,
    runAs: settings.runAs,
    priorityClass: settings.priorityClass,
    nodes: platform?.nodes,
    monitoring: await prometheus(settings.monitoring, cluster.api),
    server: {
      resources: settings.serverResources,
      storage,
      keepRuns,
      serviceType,
      claim,
      origin,
      home,
      patch: settings.serverPod,
    },
    clients: {
      resources: settings.clientResources,
      nodeConfig: settings.nodeConfig,
      gpus,
      spread,
      patch: settings.clientPod,
      templateNames: state.templateNames,
    },
    data: settings.data,
  },
  {
    providers: [provider],
    transformations: [
      owner.mark,
      neverReplaced(state, cluster.api),
      tellsRefusals(settings.namespace),
    ],
  },
);

export const { namespace, server } = federation;
const { volume, pods } = federation;
const where = {
  context,
  cluster: cluster.id,
  deletesNamespace: settings.createNamespace,
  owner: owner.id,
} satisfies Partial<FederatedRunArgs>;
const followed = new FederatedRun(
  "run",
  { ...where, namespace, volume, pods, runId: id, before: state.run, timeout, wait },
  { dependsOn: [federation] },
);

export const image = appImage.reference;
export const run = followed.result;
export const runs = followed.runs;
export const follow = `npx kubeflower follow --context ${shellWord(context)} --namespace ${settings.namespace} --run ${id}`;
export const logs = `kubectl --context ${shellWord(context)} -n ${settings.namespace} logs deploy/flower-server -f`;
