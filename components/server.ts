import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import {
  containerSecurity,
  environment,
  hashOf,
  managed,
  labels,
  NAMES,
  podSecurity,
  PORTS,
  probes,
  resources,
  selector,
  SHARED_MEMORY,
  type Resources,
} from "./kubernetes.ts";
import { verified, type Verify } from "./verification.ts";

/** What a run is, as the server is told it. Times in seconds. */
export interface Run {
  readonly rounds: number;
  readonly clients: number;
  readonly min: number;
  readonly replicas: number;
  readonly quorum: number;
  readonly seed: number;
  readonly roundTimeout: number;
  readonly runConfig: Readonly<Record<string, unknown>>;
}

export interface ServerArgs {
  readonly namespace: pulumi.Input<string>;
  readonly image: pulumi.Input<string>;
  /** Id of the run; a new one restarts the server's pod, and no other. */
  readonly runId: pulumi.Input<string>;
  readonly run: Run;
  /** What clients are proven by, and the server. */
  readonly identity: {
    /** ConfigMap with `jwks.json`. */
    readonly keys: pulumi.Input<string>;
    /** Secret with `tls.crt` and `tls.key`; undefined without TLS. */
    readonly certificate: pulumi.Input<string> | undefined;
  };
  readonly resources: Resources;
  /** @default the cluster's own */
  readonly priorityClass?: string | undefined;
  /** Size of the volume that keeps models and results. */
  readonly storage: string;
  /** Name and StorageClass of the volume's claim; no class: the cluster's default. */
  readonly claim: { readonly name: string; readonly storageClass: string | undefined };
  /** @default nothing is verified, as in a preview */
  readonly verify?: Verify | undefined;
  readonly serviceType: "ClusterIP" | "NodePort" | "LoadBalancer";
}

const DATA = "/var/lib/kubeflower";
const CERTIFICATE = "/etc/kubeflower/tls";
const KEYS = "/etc/kubeflower/keys";

/** The Flower server: one pod, the volume with its results, and the address clients dial. */
export class Server extends pulumi.ComponentResource {
  /** `host:port` inside the cluster. */
  readonly address: pulumi.Output<string>;
  /** UID of the volume: there is no run yet on a new one. */
  readonly volume: pulumi.Output<string>;
  /** Hash of the pod's template. */
  readonly pod: pulumi.Output<string>;

  constructor(name: string, args: ServerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("kubeflower:index:Server", name, {}, opts);
    const parent = { parent: this };
    const metadata = {
      name: NAMES.server as string,
      namespace: args.namespace,
      labels: labels(NAMES.server),
      annotations: managed(),
    };

    const volume = new k8s.core.v1.PersistentVolumeClaim(
      `${name}-volume`,
      {
        metadata: { ...metadata, name: args.claim.name },
        spec: {
          accessModes: ["ReadWriteOnce"],
          resources: { requests: { storage: args.storage } },
          storageClassName: args.claim.storageClass,
        },
      },
      parent,
    );
    const service = new k8s.core.v1.Service(
      `${name}-service`,
      {
        metadata: { ...metadata, name: NAMES.service },
        spec: {
          type: args.serviceType,
          selector: selector(NAMES.server),
          ports: [{ name: "stream", port: PORTS.service, targetPort: "stream", protocol: "TCP" }],
        },
      },
      parent,
    );
    const template = {
      metadata: { labels: labels(NAMES.server) },
      spec: serverPod(args, volume.metadata.name),
    };
    const deployment = new k8s.apps.v1.Deployment(
      name,
      {
        metadata,
        spec: {
          replicas: 1,
          // The volume can be written by one pod only, and two servers would be two runs.
          strategy: { type: "Recreate" },
          selector: { matchLabels: selector(NAMES.server) },
          template,
        },
      },
      parent,
    );
    new k8s.policy.v1.PodDisruptionBudget(
      name,
      {
        metadata,
        spec: {
          minAvailable: 1,
          selector: { matchLabels: selector(NAMES.server) },
          // One that is broken must not keep a node from being drained.
          unhealthyPodEvictionPolicy: "AlwaysAllow",
        },
      },
      parent,
    );

    const { verify } = args;
    const address = pulumi.interpolate`${service.metadata.name}:${PORTS.service}`;
    this.address = verified(verify, "Service", service.metadata, address);
    const { metadata: claim } = volume;
    this.volume = verified(verify, "PersistentVolumeClaim", claim, claim.uid);
    this.pod = verified(verify, "Deployment", deployment.metadata, hashOf(template));
    this.registerOutputs({ address: this.address, volume: this.volume });
  }
}

/** Everything about the run is in the server's environment; the clients are told by the server. */
export function serverEnvironment(run: Run): Record<string, string> {
  return {
    KUBEFLOWER_ROUNDS: String(run.rounds),
    KUBEFLOWER_CLIENTS: String(run.clients),
    KUBEFLOWER_MIN: String(run.min),
    KUBEFLOWER_REPLICAS: String(run.replicas),
    KUBEFLOWER_QUORUM: String(run.quorum),
    KUBEFLOWER_SEED: String(run.seed),
    KUBEFLOWER_ROUND_TIMEOUT: String(run.roundTimeout),
    KUBEFLOWER_RUN_CONFIG: JSON.stringify(run.runConfig),
    KUBEFLOWER_DATA: DATA,
  };
}

function serverPod(
  args: ServerArgs,
  volume: pulumi.Input<string>,
): k8s.types.input.core.v1.PodSpec {
  const { certificate, keys } = args.identity;
  const secret = { name: "certificate", secret: { secretName: certificate, defaultMode: 0o440 } };
  const tls = certificate !== undefined;
  return {
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    securityContext: podSecurity(),
    terminationGracePeriodSeconds: 10,
    ...(args.priorityClass === undefined ? {} : { priorityClassName: args.priorityClass }),
    containers: [
      {
        name: "server",
        image: args.image,
        imagePullPolicy: "IfNotPresent",
        command: ["kubeflower-server"],
        env: [
          { name: "KUBEFLOWER_RUN", value: args.runId },
          { name: "KUBEFLOWER_IMAGE", value: args.image },
          ...(environment({
            ...serverEnvironment(args.run),
            KUBEFLOWER_CLIENT_NAME: NAMES.client,
            KUBEFLOWER_KEYS_FILE: `${KEYS}/jwks.json`,
            ...(tls ? { KUBEFLOWER_TLS_FOLDER: CERTIFICATE } : {}),
          }) as k8s.types.input.core.v1.EnvVar[]),
          {
            name: "KUBEFLOWER_NAMESPACE",
            valueFrom: { fieldRef: { fieldPath: "metadata.namespace" } },
          },
        ],
        ports: [
          { name: "stream", containerPort: PORTS.stream, protocol: "TCP" },
          { name: "status", containerPort: PORTS.status, protocol: "TCP" },
        ],
        ...probes(),
        resources: resources(args.resources),
        securityContext: containerSecurity(),
        terminationMessagePolicy: "FallbackToLogsOnError",
        volumeMounts: [
          { name: "data", mountPath: DATA },
          { name: "tmp", mountPath: "/tmp" },
          SHARED_MEMORY.mount,
          { name: "keys", mountPath: KEYS, readOnly: true },
          ...(tls ? [{ name: "certificate", mountPath: CERTIFICATE, readOnly: true }] : []),
        ],
      },
    ],
    volumes: [
      { name: "data", persistentVolumeClaim: { claimName: volume } },
      { name: "tmp", emptyDir: {} },
      SHARED_MEMORY.volume,
      { name: "keys", configMap: { name: keys } },
      ...(tls ? [secret] : []),
    ],
  };
}
