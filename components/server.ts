import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { DATA_FOLDER, NAMES, PORTS } from "../contract/names.ts";
import type { Origin } from "../contract/record.ts";
import { PODS } from "../contract/pods.ts";
import { ENGINE } from "../contract/variables.ts";
import type { PodPatch } from "../settings/podPatch.ts";
import type { Resources } from "../settings/resources.ts";
import type { RunSpec } from "../settings/table.ts";
import { hashOf, labels, managed, selector } from "./kubernetes.ts";
import { patched } from "./podPatch.ts";
import { environment, podField, podSpec, proofMode } from "./podSpec.ts";
import { bytesOf } from "../contract/quantity.ts";
import { verified, type Verify } from "./verification.ts";

/** Arguments of {@link Server}. */
export interface ServerArgs {
  /** Namespace of all objects. */
  readonly namespace: pulumi.Input<string>;
  /** Reference of the image. */
  readonly image: pulumi.Input<string>;
  /** Id of the run; a new one restarts the server's pod, and no other. */
  readonly runId: pulumi.Input<string>;
  /** Settings of the run. */
  readonly run: RunSpec;
  /** Instructions that numerical libraries use. */
  readonly arithmetic: RunSpec["arithmetic"];
  /** Where the run comes from, for its record. @default the record does not say */
  readonly origin?: Origin | undefined;
  /** Objects by which the server is proven, and proves its clients. */
  readonly identity: {
    /** ConfigMap with `jwks.json`. */
    readonly keys: pulumi.Input<string>;
    /** Secret with `tls.crt` and `tls.key`; undefined without TLS. */
    readonly certificate: pulumi.Input<string> | undefined;
  };
  /** Variables of the container that the user has set. @default none */
  readonly env?: readonly k8s.types.input.core.v1.EnvVar[] | undefined;
  /** Resources of the pod. */
  readonly resources: Resources;
  /** Secret for the image's registry. @default none */
  readonly pullSecret?: string | undefined;
  /** Source of the pod's user and group. @default the image's */
  readonly runAs?: "image" | "cluster" | undefined;
  /** Patch of the pod. @default none */
  readonly patch?: PodPatch | undefined;
  /** PriorityClass of the pod. @default the cluster's */
  readonly priorityClass?: string | undefined;
  /** Labels of the nodes that can run the image. @default all nodes can */
  readonly nodes?: Readonly<Record<string, string>> | undefined;
  /** Labels of the node that has the volume. @default the volume names its nodes */
  readonly home?: Readonly<Record<string, string>> | undefined;
  /** Size of the volume that keeps models and results, such as 1Gi. */
  readonly storage: string;
  /** Completed runs that the volume keeps. @default all */
  readonly keepRuns?: number | undefined;
  /** Name and StorageClass of the volume's claim; no class: the cluster's default. */
  readonly claim: { readonly name: string; readonly storageClass: string | undefined };
  /** Compares objects with the cluster's. @default nothing is verified, as in a preview */
  readonly verify?: Verify | undefined;
  /** Type of the Service. */
  readonly serviceType: "ClusterIP" | "NodePort" | "LoadBalancer";
}

const POD = PODS[NAMES.server];
const CERTIFICATE = POD.volumes.certificate.folder;
const KEYS = POD.volumes.keys.folder;
const METRICS = POD.volumes.metrics.folder;

/** The Flower server: one pod, the volume with its results, and the address that clients dial. */
export class Server extends pulumi.ComponentResource {
  /** `host:port` inside the cluster. */
  readonly address: pulumi.Output<string>;
  /** `ip:port` of the Service, which needs no DNS; empty when it has none. */
  readonly clusterAddress: pulumi.Output<string>;
  /** UID of the volume's claim: a new volume has no run on it yet. */
  readonly volume: pulumi.Output<string>;
  /** Hash of the pod's template. */
  readonly pod: pulumi.Output<string>;

  readonly #name: string;
  readonly #args: ServerArgs;

  constructor(name: string, args: ServerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("kubeflower:index:Server", name, {}, opts);
    this.#name = name;
    this.#args = args;
    const { verify } = args;
    const { metadata: claim } = this.#volume();
    this.volume = verified(verify, "PersistentVolumeClaim", claim, claim.uid);
    const { metadata: service, spec } = this.#service();
    const address = pulumi.interpolate`${service.name}:${PORTS.service}`;
    this.address = verified(verify, "Service", service, address);
    this.clusterAddress = spec.apply((made) => addressOf(made.clusterIP));
    const own = { metadata: { labels: labels(NAMES.server) }, spec: serverPod(args, claim.name) };
    const template = patched(NAMES.server, own, args.patch, this);
    const { metadata: deployment } = this.#deployment(template);
    this.pod = verified(verify, "Deployment", deployment, hashOf(template));
    this.#disruptionBudget();
    const { address: named, clusterAddress, volume } = this;
    this.registerOutputs({ address: named, clusterAddress, volume });
  }

  #metadata(name: string = NAMES.server) {
    const { namespace } = this.#args;
    return { name, namespace, labels: labels(NAMES.server), annotations: managed() };
  }

  #volume(): k8s.core.v1.PersistentVolumeClaim {
    const { claim, storage } = this.#args;
    return new k8s.core.v1.PersistentVolumeClaim(
      `${this.#name}-volume`,
      {
        metadata: this.#metadata(claim.name),
        spec: {
          accessModes: ["ReadWriteOnce"],
          resources: { requests: { storage } },
          storageClassName: claim.storageClass,
        },
      },
      { parent: this },
    );
  }

  #service(): k8s.core.v1.Service {
    return new k8s.core.v1.Service(
      `${this.#name}-service`,
      {
        metadata: this.#metadata(NAMES.service),
        spec: {
          type: this.#args.serviceType,
          selector: selector(NAMES.server),
          ports: [{ name: "stream", port: PORTS.service, targetPort: "stream", protocol: "TCP" }],
        },
      },
      { parent: this },
    );
  }

  #deployment(template: k8s.types.input.core.v1.PodTemplateSpec): k8s.apps.v1.Deployment {
    return new k8s.apps.v1.Deployment(
      this.#name,
      {
        metadata: this.#metadata(),
        spec: {
          replicas: 1,
          // One pod at a time: only one can write the volume, and two servers would be two runs.
          strategy: { type: "Recreate" },
          selector: { matchLabels: selector(NAMES.server) },
          template,
        },
      },
      { parent: this },
    );
  }

  #disruptionBudget(): void {
    new k8s.policy.v1.PodDisruptionBudget(
      this.#name,
      {
        metadata: this.#metadata(),
        spec: {
          minAvailable: 1,
          selector: { matchLabels: selector(NAMES.server) },
          // A broken pod must not keep its node from being drained.
          unhealthyPodEvictionPolicy: "AlwaysAllow",
        },
      },
      { parent: this },
    );
  }
}

type PodSpec = k8s.types.input.core.v1.PodSpec;

/** The setting `monitoring` makes this Secret, and the kubelet brings it into a pod that runs. */
const METRICS_TOKEN = { secretName: NAMES.metrics, optional: true };

/** Address of a Service at its cluster IP; empty when it has none. */
function addressOf(clusterIP: string | undefined): string {
  if (clusterIP === undefined || clusterIP === "" || clusterIP === "None") return "";
  return `${clusterIP.includes(":") ? `[${clusterIP}]` : clusterIP}:${PORTS.service}`;
}

/** The server's pod. Only its environment names the run; the server passes it on to the clients. */
function serverPod(args: ServerArgs, volume: pulumi.Input<string>): PodSpec {
  const { certificate, keys } = args.identity;
  const secret = {
    name: "certificate",
    secret: { secretName: certificate, defaultMode: proofMode(args.runAs) },
  };
  const tls = certificate !== undefined;
  return podSpec({
    name: POD.container,
    image: args.image,
    pullSecret: args.pullSecret,
    runAs: args.runAs,
    command: POD.command,
    env: serverEnvironment(args),
    ports: [{ name: "stream", containerPort: PORTS.stream, protocol: "TCP" }],
    resources: args.resources,
    own: args.env,
    arithmetic: args.arithmetic,
    priorityClass: args.priorityClass,
    nodes: args.home === undefined ? args.nodes : { ...args.nodes, ...args.home },
    mounts: {
      first: [{ name: "data", mountPath: DATA_FOLDER }],
      last: [
        { name: "keys", mountPath: KEYS, readOnly: true },
        { name: "metrics", mountPath: METRICS, readOnly: true },
        ...(tls ? [{ name: "certificate", mountPath: CERTIFICATE, readOnly: true }] : []),
      ],
    },
    volumes: {
      first: [{ name: "data", persistentVolumeClaim: { claimName: volume } }],
      last: [
        { name: "keys", configMap: { name: keys } },
        { name: "metrics", secret: { ...METRICS_TOKEN, defaultMode: proofMode(args.runAs) } },
        ...(tls ? [secret] : []),
      ],
    },
  });
}

function serverEnvironment(args: ServerArgs): ReturnType<typeof environment> {
  const { origin, identity, storage, keepRuns } = args;
  return [
    ...environment({
      [ENGINE.run]: args.runId,
      [ENGINE.runSpec]: JSON.stringify(args.run),
      ...(origin === undefined ? {} : { [ENGINE.origin]: JSON.stringify(origin) }),
      [ENGINE.image]: args.image,
      [ENGINE.data]: DATA_FOLDER,
      [ENGINE.storage]: String(Math.floor(bytesOf(storage))),
      ...(keepRuns === undefined ? {} : { [ENGINE.keepRuns]: String(keepRuns) }),
      [ENGINE.clientName]: NAMES.client,
      [ENGINE.keysFile]: `${KEYS}/jwks.json`,
      [ENGINE.metricsTokenFile]: `${METRICS}/token`,
    }),
    ...(identity.certificate === undefined ? [] : environment({ [ENGINE.tlsFolder]: CERTIFICATE })),
    podField(ENGINE.namespace, "metadata.namespace"),
    podField(ENGINE.podIp, "status.podIP"),
  ];
}
