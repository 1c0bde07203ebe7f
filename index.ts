import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { clusterFacts } from "./components/clusterFacts.ts";
import { loadConfig } from "./components/config.ts";
import { Federation } from "./components/federation.ts";
import { AppImage } from "./components/image.ts";
import { liveObjects } from "./components/liveObjects.ts";
import { declaredClaim, keepsNamespace, refusal } from "./components/refusals.ts";
import { FederatedRun } from "./components/run.ts";
import { Owner } from "./components/ownership.ts";
import { runId } from "./components/runId.ts";
import { stackState } from "./components/stackState.ts";
import { verification } from "./components/verification.ts";

const settings = loadConfig();

const update = !pulumi.runtime.isDryRun();
// An update ends here when its cluster is down: one sentence, and nothing was changed.
const [state, cluster] = await Promise.all([stackState(), clusterFacts(settings, update)]);
const live = await liveObjects(cluster.api, settings.namespace, state);
const wanted = { ...settings, ...settings.server };
const refused = refusal({ wanted, state, live });
if (refused?.warns === false) throw new pulumi.RunError(refused.sentence);
if (refused !== undefined && !update) await pulumi.log.warn(refused.sentence);

const provider = new k8s.Provider(
  "cluster",
  {
    context: settings.context,
    // Not undefined: the SDK would store $KUBECONFIG, a path that the next machine does not have.
    kubeconfig: "",
    clusterIdentifier: cluster.id || settings.context,
  },
  // Another identifier makes the provider replace all objects, and delete the new ones where the old
  // ones had their names. Whether it is the same cluster is decided by the objects' own UIDs.
  { ignoreChanges: state.objects.length > 0 ? ["clusterIdentifier"] : [] },
);

const appImage = new AppImage("kubeflower", {
  app: settings.app,
  delivery: settings.delivery,
  cluster: cluster.id,
});

const id = runId({ ...settings.run, runToken: settings.runToken, sources: appImage.sources });

const federation = new Federation(
  "federation",
  {
    ...{ ...settings, image: appImage.reference, runId: id, signingKeys: cluster.signingKeys },
    verify: update ? verification(cluster.api, settings.context) : undefined,
    keepsNamespace: keepsNamespace(wanted, state),
    server: { ...settings.server, claim: declaredClaim(wanted, state, live) },
  },
  { providers: [provider], transformations: [new Owner("owner").mark] },
);

const followed = new FederatedRun(
  "run",
  {
    context: settings.context,
    cluster: cluster.id,
    before: state.run,
    namespace: federation.namespace,
    volume: federation.volume,
    pods: federation.pods,
    runId: id,
    timeout: settings.timeout,
    wait: settings.wait,
  },
  { dependsOn: [federation] },
);

const kubectl = `kubectl --context ${settings.context} -n ${settings.namespace}`;
export const namespace = federation.namespace;
export const image = appImage.reference;
export const server = federation.server;
export const run = followed.result;
export const runs = followed.runs;
export const follow = `node --import tsx cli/kubeflower.ts follow --context ${settings.context} --namespace ${settings.namespace} --run ${id}`;
export const logs = `${kubectl} logs deploy/flower-server -f`;
