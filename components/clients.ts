import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { unknown } from "@pulumi/pulumi/output.js";
import { AUDIENCE, NAMES, PORTS } from "../contract/names.ts";
import { PODS } from "../contract/pods.ts";
import { ENGINE } from "../contract/variables.ts";
import type { PodPatch } from "../settings/podPatch.ts";
import type { Resources } from "../settings/resources.ts";
import type { RunSpec } from "../settings/table.ts";
import type { PodData } from "./data.ts";
import { hashOf, labels, managed, selector } from "./kubernetes.ts";
import { patched } from "./podPatch.ts";
import { environment, podField, podSpec, proofMode } from "./podSpec.ts";
import { verified, type Verify } from "./verification.ts";

/** Arguments of {@link Clients}. */
export interface ClientsArgs {
  /** Namespace of all objects. */
  readonly namespace: pulumi.Input<string>;
  /** Reference of the image. */
  readonly image: pulumi.Input<string>;
  /** `host:port` of the server. */
  readonly server: pulumi.Input<string>;
  /** `ip:port` of the server's Service; empty when it has none. */
  readonly serverAddress: pulumi.Input<string>;
  /** Number of pods; the k-th one is partition k. */
  readonly replicas: number;
  /** Objects by which a client proves itself, and proves the server. */
  readonly identity: {
    /** ServiceAccount of the pods. */
    readonly account: pulumi.Input<string>;
    /** ConfigMap with `ca.crt`; undefined without TLS. */
    readonly authority: pulumi.Input<string> | undefined;
  };
  /** Compares objects with the cluster's. @default nothing is verified, as in a preview */
  readonly verify?: Verify | undefined;
  /** Node config beside Flower's own, for all clients. */
  readonly nodeConfig: Readonly<Record<string, unknown>>;
  /** The user's own data. @default none */
  readonly data?: PodData | undefined;
  /** Templates of claims that the StatefulSet has, by name. @default there is no StatefulSet yet */
  readonly templateNames?: readonly string[] | undefined;
  /** Variables of the container that the user has set. @default none */
  readonly env?: readonly k8s.types.input.core.v1.EnvVar[] | undefined;
  /** Resources of each pod. */
  readonly resources: Resources;
  /** Secret for the image's registry. @default none */
  readonly pullSecret?: string | undefined;
  /** Source of the pod's user and group. @default the image's */
  readonly runAs?: "image" | "cluster" | undefined;
  /** Patch of the pods. @default none */
  readonly patch?: PodPatch | undefined;
  /** PriorityClass of the pods. @default the cluster's */
  readonly priorityClass?: string | undefined;
  /** Labels of the nodes that can run the image. @default all nodes can */
  readonly nodes?: Readonly<Record<string, string>> | undefined;
  /** `nvidia.com/gpu` of each pod. */
  readonly gpus: number;
  /** Instructions that numerical libraries use. */
  readonly arithmetic: RunSpec["arithmetic"];
  /** Whether each client gets a node of its own: no, if possible, or always. */
  readonly spread: "none" | "preferred" | "required";
}

/**
 * The Flower clients, one pod a partition. The template of the pods says nothing about a run: the
 * server tells the clients, so a new run restarts none.
 */
export class Clients extends pulumi.ComponentResource {
  /** Hash of the number of pods and their template. */
  readonly pods: pulumi.Output<string>;

  readonly #name: string;
  readonly #args: ClientsArgs;

  constructor(name: string, args: ClientsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("kubeflower:index:Clients", name, {}, opts);
    this.#name = name;
    this.#args = args;
    const own = { metadata: { labels: labels(NAMES.client) }, spec: clientPod(args) };
    const template = patched(NAMES.client, own, args.patch, this, claimNames(args));
    const { metadata } = this.#statefulSet(template);
    const pods = hashOf({ replicas: args.replicas, template, templates: templatesOf(args) });
    this.pods = verified(args.verify, "StatefulSet", metadata, pods);
    this.#disruptionBudget();
    this.registerOutputs({ pods: this.pods });
  }

  #metadata() {
    const { namespace } = this.#args;
    const name: string = NAMES.client;
    return { name, namespace, labels: labels(NAMES.client), annotations: managed() };
  }

  #statefulSet(template: k8s.types.input.core.v1.PodTemplateSpec): k8s.apps.v1.StatefulSet {
    return new k8s.apps.v1.StatefulSet(
      this.#name,
      {
        metadata: this.#metadata(),
        spec: {
          replicas: this.#args.replicas,
          podManagementPolicy: "Parallel",
          serviceName: this.#serviceName(),
          // Written out: without a partition the controller makes a deleted pod of the older template.
          updateStrategy: { type: "RollingUpdate", rollingUpdate: { partition: 0 } },
          selector: { matchLabels: selector(NAMES.client) },
          template,
          // Their claims outlive pods, scaling and this StatefulSet: Kubernetes retains them.
          volumeClaimTemplates: templatesOf(this.#args),
        },
      },
      { parent: this },
    );
  }

  /**
   * Name of the Service, which older versions of the API require; nothing looks the pods up by it.
   * Other templates of claims replace the StatefulSet. In a preview the provider has the API server
   * try the new one, which it refuses as the old one is there; it does not try unknown values.
   */
  #serviceName(): pulumi.Input<string> {
    const { templateNames } = this.#args;
    const isReplaced =
      templateNames !== undefined && claimNames(this.#args).join() !== templateNames.join();
    return isReplaced && pulumi.runtime.isDryRun()
      ? pulumi.output<string>(unknown as never)
      : NAMES.client;
  }

  #disruptionBudget(): void {
    new k8s.policy.v1.PodDisruptionBudget(
      this.#name,
      {
        metadata: this.#metadata(),
        spec: {
          // A drain takes one client after the other; the rest continue to train.
          maxUnavailable: 1,
          selector: { matchLabels: selector(NAMES.client) },
          // A broken pod must not keep its node from being drained.
          unhealthyPodEvictionPolicy: "AlwaysAllow",
        },
      },
      { parent: this },
    );
  }
}

/** Names of the volumes that the StatefulSet makes claims for. */
function claimNames({ data }: ClientsArgs): string[] {
  return (data?.templates ?? []).map(({ metadata }) => metadata.name);
}

/** Templates of claims; undefined without any, as in a StatefulSet that has never had one. */
function templatesOf({ data }: ClientsArgs): PodData["templates"] | undefined {
  return data === undefined || data.templates.length === 0 ? undefined : data.templates;
}

const POD = PODS[NAMES.client];
/** Folder of a client's pod with its token and the server's authority. */
const PROOF = POD.volumes.proof.folder;

function clientPod(args: ClientsArgs): k8s.types.input.core.v1.PodSpec {
  const { account, authority } = args.identity;
  return podSpec({
    name: POD.container,
    image: args.image,
    pullSecret: args.pullSecret,
    runAs: args.runAs,
    command: POD.command,
    env: variables(args),
    resources: args.resources,
    own: args.env,
    arithmetic: args.arithmetic,
    gpus: args.gpus,
    priorityClass: args.priorityClass,
    nodes: args.nodes,
    account,
    affinity: spreading(args.spread),
    mounts: {
      last: [{ name: "proof", mountPath: PROOF, readOnly: true }, ...(args.data?.mounts ?? [])],
    },
    volumes: {
      last: [
        {
          name: "proof",
          projected: { defaultMode: proofMode(args.runAs), sources: proof(authority) },
        },
        ...(args.data?.volumes ?? []),
      ],
    },
  });
}

/** Variables of the engine's in a client's pod. */
function variables(args: ClientsArgs): ReturnType<typeof environment> {
  return [
    ...environment({ [ENGINE.server]: args.server, [ENGINE.image]: args.image }),
    podField(ENGINE.partition, "metadata.labels['apps.kubernetes.io/pod-index']"),
    ...environment({
      [ENGINE.probePort]: String(PORTS.status),
      [ENGINE.tokenFile]: `${PROOF}/token`,
      [ENGINE.serverAddress]: args.serverAddress,
    }),
    ...(args.identity.authority === undefined ? [] : environment({ [ENGINE.tlsFolder]: PROOF })),
    ...nodeConfig(args.nodeConfig),
  ];
}

/** The variable with the node config. None where there is none: a change of the template restarts the pods. */
function nodeConfig(values: ClientsArgs["nodeConfig"]): ReturnType<typeof environment> {
  if (Object.keys(values).length === 0) return [];
  return environment({ [ENGINE.nodeConfig]: JSON.stringify(values) });
}

/** The pod's own token, good for this server and ten minutes (the kubelet renews it), and the authority. */
function proof(
  authority: pulumi.Input<string> | undefined,
): k8s.types.input.core.v1.VolumeProjection[] {
  return [
    { serviceAccountToken: { audience: AUDIENCE, expirationSeconds: 600, path: "token" } },
    ...(authority === undefined
      ? []
      : [{ configMap: { name: authority, items: [{ key: "ca.crt", path: "ca.crt" }] } }]),
  ];
}

/** Anti-affinity between clients: none, a preference or a requirement. */
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
