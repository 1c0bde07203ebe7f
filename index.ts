import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { clusterFacts } from "./components/clusterFacts.ts";
import { loadConfig } from "./components/config.ts";
import { Federation } from "./components/federation.ts";
import { AppImage } from "./components/image.ts";
import { FederatedRun } from "./components/run.ts";
import { runId } from "./components/runId.ts";

const settings = loadConfig();

const update = !pulumi.runtime.isDryRun();
// An update ends here when its cluster is down: one sentence, and nothing was changed.
const { id: cluster, signingKeys, checkNamespace } = await clusterFacts(settings.context, update);

const provider = new k8s.Provider("cluster", {
  context: settings.context,
  // Not undefined: the SDK would store $KUBECONFIG, a path that the next machine does not have.
  kubeconfig: "",
  // A logical name: by the cluster's own id the objects of a moved context would be deleted.
  clusterIdentifier: `${settings.cluster}/${settings.context}`,
});

const appImage = new AppImage("kubeflower", {
  app: settings.app,
  delivery: settings.delivery,
  cluster,
});

const id = runId({ ...settings.run, runToken: settings.runToken, sources: appImage.sources });

const federation = new Federation(
  "federation",
  {
    ...{ ...settings, image: appImage.reference, runId: id, signingKeys },
    // Not in a preview: there a namespace that is yet to be made has a UID, too.
    ...(update ? { checkNamespace: (name, uid) => checkNamespace(name, uid).catch(end) } : {}),
  },
  { providers: [provider] },
);

const followed = new FederatedRun(
  "run",
  {
    context: settings.context,
    cluster,
    namespace: federation.namespace,
    volume: federation.volume,
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
export const follow = `node --import tsx cli/kubeflower.ts follow --context ${settings.context} --namespace ${settings.namespace} --run ${id}`;
export const logs = `${kubectl} logs deploy/flower-server -f`;

/** Ends the program in one sentence: a rejected output would be told once for each that waits for it. */
async function end({ message }: Error): Promise<never> {
  await pulumi.log.error(message);
  // What Pulumi's language hosts take for an error that the user has been told.
  process.exit(32);
}
