import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { RunSpec } from "../settings/table.ts";
import { Clients, type ClientsArgs } from "./clients.ts";
import { Identity } from "./identity.ts";
import { Data, type DataArgs } from "./data.ts";
import { commonLabels } from "./kubernetes.ts";
import { Monitoring, type MonitoringArgs } from "./monitoring.ts";
import { Network, type NetworkArgs } from "./network.ts";
import { Server, type ServerArgs } from "./server.ts";
import { Variables, type VariablesArgs } from "./variables.ts";
import { verified, type Verify } from "./verification.ts";

/** Arguments of {@link Federation}. */
export interface FederationArgs {
  /** Name of the namespace. */
  readonly namespace: string;
  /** Create the namespace and delete it with the stack; otherwise it must exist. */
  readonly createNamespace: boolean;
  /** Compares objects with the cluster's. @default nothing is verified, as in a preview */
  readonly verify?: Verify | undefined;
  /** The stack made the namespace and must leave it behind: `createNamespace` has become false. */
  readonly keepsNamespace: boolean;
  /** Reference of the image. */
  readonly image: pulumi.Input<string>;
  /** Id of the run. */
  readonly runId: pulumi.Input<string>;
  /** Settings of the run. */
  readonly run: RunSpec;
  /** Whether the stream between server and clients is encrypted. */
  readonly tls: boolean;
  /** Public keys of the cluster's tokens, a JSON Web Key Set. */
  readonly signingKeys: pulumi.Input<string>;
  /** Ways out of pods. */
  readonly egress: Pick<NetworkArgs, "serverEgress" | "clientEgress">;
  /** Variables of all containers. */
  readonly variables: Pick<VariablesArgs, "values" | "areSecret">;
  /** Secret for the image's registry. @default none */
  readonly pullSecret?: string | undefined;
  /** Source of the pods' user and group. @default the image's */
  readonly runAs?: "image" | "cluster" | undefined;
  /** PriorityClass of all pods. @default the cluster's */
  readonly priorityClass?: string | undefined;
  /** Labels of the nodes that can run the image. @default all nodes can */
  readonly nodes?: Readonly<Record<string, string>> | undefined;
  /** The Prometheus that may read the metrics. @default no pod outside the stack may */
  readonly monitoring?: MonitoringArgs["prometheus"] | undefined;
  /** Arguments of the server alone. */
  readonly server: Pick<
    ServerArgs,
    "resources" | "storage" | "keepRuns" | "claim" | "serviceType" | "origin" | "home" | "patch"
  >;
  /** Arguments of the clients alone. */
  readonly clients: Pick<
    ClientsArgs,
    "resources" | "gpus" | "spread" | "nodeConfig" | "patch" | "templateNames"
  >;
  /** Volumes with the clients' own data. */
  readonly data: DataArgs["volumes"];
}

/** Everything that runs on Kubernetes: the namespace, the server and its clients. */
export class Federation extends pulumi.ComponentResource {
  /** Name of the namespace, once it exists. */
  readonly namespace: pulumi.Output<string>;
  /** `host:port` of the server inside the cluster. */
  readonly server: pulumi.Output<string>;
  /** UID of the claim of the volume with the results. */
  readonly volume: pulumi.Output<string>;
  /** Text that changes with the specification of any pod. */
  readonly pods: pulumi.Output<string>;

  constructor(name: string, args: FederationArgs, opts?: pulumi.ComponentResourceOptions) {
    super("kubeflower:index:Federation", name, {}, opts);
    this.namespace = this.#namespace(`${name}-namespace`, args);
    if (!args.tls) this.#warnOfPlainText();
    const { namespace } = this;
    const { run, signingKeys, tls } = args;
    const proofs = { namespace, signingKeys, tls };
    const parent = { parent: this };
    const { account, keys, certificate } = new Identity(`${name}-identity`, proofs, parent);
    const shared = this.#shared(name, args);
    // Policies come before pods: a later policy does not cut existing connections. So does the token
    // for metrics, which the kubelet brings into a running pod only a minute later.
    const guarded = { ...parent, dependsOn: this.#network(name, args) };
    const server = new Server(
      `${name}-server`,
      {
        ...shared,
        ...args.server,
        runId: args.runId,
        run,
        identity: { keys, certificate: certificate?.secret },
      },
      guarded,
    );
    const clients = new Clients(
      `${name}-clients`,
      {
        ...shared,
        ...args.clients,
        data: this.#data(`${name}-data`, args),
        server: server.address,
        serverAddress: server.clusterAddress,
        replicas: run.replicas,
        identity: { account, authority: certificate?.authority },
      },
      guarded,
    );
    this.server = server.address;
    this.volume = server.volume;
    this.pods = pulumi.interpolate`${server.pod} ${clients.pods}`;
    this.registerOutputs({ namespace, server: this.server, volume: this.volume, pods: this.pods });
  }

  /** Arguments that server and clients have in common. */
  #shared(name: string, args: FederationArgs) {
    const { image, pullSecret, runAs, priorityClass, nodes, verify, variables, clients, run } =
      args;
    const { namespace } = this;
    const values = Object.keys(variables.values).length;
    const env =
      values === 0
        ? undefined
        : new Variables(`${name}-variables`, { namespace, ...variables }, { parent: this }).env;
    // GPUs have instructions of their own, so the run's record must not say portable.
    const arithmetic = clients.gpus > 0 ? "native" : run.arithmetic;
    return { namespace, image, pullSecret, runAs, priorityClass, nodes, verify, env, arithmetic };
  }

  #data(name: string, { data: volumes }: FederationArgs): Data | undefined {
    const { namespace } = this;
    if (volumes.length === 0) return undefined;
    return new Data(name, { namespace, volumes }, { parent: this });
  }

  #network(name: string, args: FederationArgs): pulumi.Resource[] {
    const { createNamespace: ownsNamespace, monitoring: prometheus, egress } = args;
    const open = args.server.serviceType !== "ClusterIP";
    const { namespace } = this;
    const parent = { parent: this };
    const doors = { namespace, ownsNamespace, open, ...egress };
    const network = new Network(`${name}-network`, doors, parent);
    if (prometheus === undefined) return [network];
    return [network, new Monitoring(`${name}-monitoring`, { namespace, prometheus }, parent)];
  }

  /** Everything in the namespace depends on this output, so no update changes a recreated cluster. */
  #namespace(name: string, args: FederationArgs): pulumi.Output<string> {
    if (!args.createNamespace && !args.keepsNamespace) return pulumi.output(args.namespace);
    const owned = new k8s.core.v1.Namespace(
      name,
      { metadata: { name: args.namespace, labels: { ...commonLabels, ...RESTRICTED } } },
      { parent: this, retainOnDelete: args.keepsNamespace },
    );
    return verified(args.verify, "Namespace", owned.metadata, owned.metadata.name);
  }

  #warnOfPlainText(): void {
    void pulumi.log.warn(
      "tls is false: models and tokens travel in plain text, and whoever can listen in can take a client's place — pulumi config set tls true",
      this,
    );
  }
}

/** Label by which Pod Security admission refuses pods that ask for more than ours do. */
const RESTRICTED = { "pod-security.kubernetes.io/enforce": "restricted" };
