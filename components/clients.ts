import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import {
  containerSecurity,
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

export interface ClientsArgs {
  readonly namespace: pulumi.Input<string>;
  readonly image: pulumi.Input<string>;
  /** `host:port` of the server. */
  readonly server: pulumi.Input<string>;
  /** Pods; the k-th one is partition k. */
  readonly replicas: number;
  /** What a client proves itself by, and the server. */
  readonly identity: {
    /** ServiceAccount of the pods. */
    readonly account: pulumi.Input<string>;
    /** ConfigMap with `ca.crt`; undefined without TLS. */
    readonly authority: pulumi.Input<string> | undefined;
  };
  /** @default nothing is verified, as in a preview */
  readonly verify?: Verify | undefined;
  readonly resources: Resources;
  /** @default the cluster's own */
  readonly priorityClass?: string | undefined;
  /** `nvidia.com/gpu` of each pod. */
  readonly gpus: number;
  /** Whether two clients may share a node. */
  readonly spread: "none" | "preferred" | "required";
}

/**
 * The Flower clients, one pod a partition. Nothing about a run is in the pods' template: the
 * server tells them, so a new run restarts none.
 */
export class Clients extends pulumi.ComponentResource {
  /** Hash of the number of pods and their template. */
  readonly pods: pulumi.Output<string>;

  constructor(name: string, args: ClientsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("kubeflower:index:Clients", name, {}, opts);
    const parent = { parent: this };
    const metadata = {
      name: NAMES.client as string,
      namespace: args.namespace,
      labels: labels(NAMES.client),
      annotations: managed(),
    };
    const template = { metadata: { labels: labels(NAMES.client) }, spec: clientPod(args) };
    const set = new k8s.apps.v1.StatefulSet(
      name,
      {
        metadata,
        spec: {
          replicas: args.replicas,
          podManagementPolicy: "Parallel",
          // Required by the API's older versions; nobody looks the pods up by it.
          serviceName: NAMES.client,
          // Said in full: without a partition the controller makes a deleted pod of the older template.
          updateStrategy: { type: "RollingUpdate", rollingUpdate: { partition: 0 } },
          selector: { matchLabels: selector(NAMES.client) },
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
          // A node is drained of one client after the other; the rest go on training.
          maxUnavailable: 1,
          selector: { matchLabels: selector(NAMES.client) },
          // One that is broken must not keep a node from being drained.
          unhealthyPodEvictionPolicy: "AlwaysAllow",
        },
      },
      parent,
    );
    const pods = hashOf({ replicas: args.replicas, template });
    this.pods = verified(args.verify, "StatefulSet", set.metadata, pods);
    this.registerOutputs({ pods: this.pods });
  }
}

/** Where a pod finds its token and the server's authority. */
const PROOF = "/var/run/kubeflower";

function clientPod(args: ClientsArgs): k8s.types.input.core.v1.PodSpec {
  const affinity = spreading(args.spread);
  return {
    serviceAccountName: args.identity.account,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    securityContext: podSecurity(),
    terminationGracePeriodSeconds: 10,
    ...(args.priorityClass === undefined ? {} : { priorityClassName: args.priorityClass }),
    ...(affinity === undefined ? {} : { affinity }),
    containers: [
      {
        name: "client",
        image: args.image,
        imagePullPolicy: "IfNotPresent",
        command: ["kubeflower-client"],
        env: [
          { name: "KUBEFLOWER_SERVER", value: args.server },
          { name: "KUBEFLOWER_IMAGE", value: args.image },
          {
            name: "KUBEFLOWER_PARTITION",
            valueFrom: {
              fieldRef: { fieldPath: "metadata.labels['apps.kubernetes.io/pod-index']" },
            },
          },
          { name: "KUBEFLOWER_PROBE_PORT", value: String(PORTS.status) },
          { name: "KUBEFLOWER_TOKEN_FILE", value: `${PROOF}/token` },
          ...(args.identity.authority === undefined
            ? []
            : [{ name: "KUBEFLOWER_TLS_FOLDER", value: PROOF }]),
        ],
        ports: [{ name: "status", containerPort: PORTS.status, protocol: "TCP" }],
        ...probes(),
        resources: resources(args.resources, args.gpus),
        securityContext: containerSecurity(),
        terminationMessagePolicy: "FallbackToLogsOnError",
        volumeMounts: [
          { name: "tmp", mountPath: "/tmp" },
          SHARED_MEMORY.mount,
          { name: "proof", mountPath: PROOF, readOnly: true },
        ],
      },
    ],
    volumes: [
      { name: "tmp", emptyDir: {} },
      SHARED_MEMORY.volume,
      { name: "proof", projected: { defaultMode: 0o440, sources: proof(args.identity) } },
    ],
  };
}

/** A token of the pod's own, good for this server only and for ten minutes; the kubelet renews it. */
function proof({ authority }: ClientsArgs["identity"]): k8s.types.input.core.v1.VolumeProjection[] {
  return [
    { serviceAccountToken: { audience: "kubeflower", expirationSeconds: 600, path: "token" } },
    ...(authority === undefined
      ? []
      : [{ configMap: { name: authority, items: [{ key: "ca.crt", path: "ca.crt" }] } }]),
  ];
}

/** Anti-affinity between clients: a wish, a rule or nothing. */
export function spreading(
  spread: ClientsArgs["spread"],
): k8s.types.input.core.v1.Affinity | undefined {
  if (spread === "none") return undefined;
  const term = {
    topologyKey: "kubernetes.io/hostname",
    labelSelector: { matchLabels: selector(NAMES.client) },
  };
  return {
    podAntiAffinity:
      spread === "required"
        ? { requiredDuringSchedulingIgnoredDuringExecution: [term] }
        : {
            preferredDuringSchedulingIgnoredDuringExecution: [
              { weight: 100, podAffinityTerm: term },
            ],
          },
  };
}
