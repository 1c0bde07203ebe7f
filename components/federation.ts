import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { Clients, type ClientsArgs } from "./clients.ts";
import { Identity } from "./identity.ts";
import { commonLabels } from "./kubernetes.ts";
import { Network } from "./network.ts";
import { Server, type ServerArgs } from "./server.ts";
import { verified, type Verify } from "./verification.ts";

export interface FederationArgs {
  readonly namespace: string;
  /** Own the namespace, and take it down with the rest; else it must be there. */
  readonly createNamespace: boolean;
  /** @default nothing is verified, as in a preview */
  readonly verify?: Verify | undefined;
  /** The stack made the namespace and is to leave it behind: `createNamespace` has become false. */
  readonly keepsNamespace: boolean;
  readonly image: pulumi.Input<string>;
  readonly runId: pulumi.Input<string>;
  readonly run: ServerArgs["run"];
  /** Whether the stream between server and clients is encrypted. */
  readonly tls: boolean;
  /** The public keys of the cluster's tokens, a JSON Web Key Set. */
  readonly signingKeys: pulumi.Input<string>;
  /** @default the cluster's own */
  readonly priorityClass?: string | undefined;
  readonly server: Pick<ServerArgs, "resources" | "storage" | "claim" | "serviceType">;
  readonly clients: Pick<ClientsArgs, "resources" | "gpus" | "spread">;
}

/** Everything that runs on Kubernetes: the namespace, the server and its clients. */
export class Federation extends pulumi.ComponentResource {
  readonly namespace: pulumi.Output<string>;
  /** `host:port` of the server inside the cluster. */
  readonly server: pulumi.Output<string>;
  /** UID of the volume with the results. */
  readonly volume: pulumi.Output<string>;
  /** Changes with the specification of any pod. */
  readonly pods: pulumi.Output<string>;

  constructor(name: string, args: FederationArgs, opts?: pulumi.ComponentResourceOptions) {
    super("kubeflower:index:Federation", name, {}, opts);
    const parent = { parent: this };

    const owned =
      args.createNamespace || args.keepsNamespace
        ? new k8s.core.v1.Namespace(
            `${name}-namespace`,
            { metadata: { name: args.namespace, labels: { ...commonLabels, ...restricted } } },
            { ...parent, retainOnDelete: args.keepsNamespace },
          )
        : undefined;
    // Objects in it wait for this: an update must not change what a cluster made anew does not have.
    this.namespace =
      owned === undefined
        ? pulumi.output(args.namespace)
        : verified(args.verify, "Namespace", owned.metadata, owned.metadata.name);

    const network = new Network(
      `${name}-network`,
      {
        namespace: this.namespace,
        ownsNamespace: args.createNamespace,
        open: args.server.serviceType !== "ClusterIP",
      },
      parent,
    );
    // No pod before the policies: those that come later leave its first connections alone.
    const guarded = { ...parent, dependsOn: network };
    const { tls, signingKeys, priorityClass } = args;
    if (!tls) {
      void pulumi.log.warn(
        "tls is false: models and tokens travel in plain text, and whoever can listen in can take a client's place — pulumi config set tls true",
        this,
      );
    }
    const identity = new Identity(
      `${name}-identity`,
      { namespace: this.namespace, signingKeys, tls },
      parent,
    );
    const { account, keys, certificate } = identity;
    const { verify, image } = args;
    const shared = { namespace: this.namespace, image, priorityClass, verify };
    const server = new Server(
      `${name}-server`,
      {
        ...{ ...shared, ...args.server, runId: args.runId, run: args.run },
        identity: { keys, certificate: certificate?.secret },
      },
      guarded,
    );
    const clients = new Clients(
      `${name}-clients`,
      {
        ...{ ...shared, ...args.clients, server: server.address, replicas: args.run.replicas },
        identity: { account, authority: certificate?.authority },
      },
      guarded,
    );

    this.server = server.address;
    this.volume = server.volume;
    this.pods = pulumi.interpolate`${server.pod} ${clients.pods}`;
    this.registerOutputs({
      namespace: this.namespace,
      server: this.server,
      volume: this.volume,
      pods: this.pods,
    });
  }
}

/** Pod Security admission refuses any pod that asks for more than ours do. */
const restricted = { "pod-security.kubernetes.io/enforce": "restricted" };
