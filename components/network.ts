import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { NAMES, PORTS } from "../contract/names.ts";
import { commonLabels, selector } from "./kubernetes.ts";

type Spec = k8s.types.input.networking.v1.NetworkPolicySpec;
type Peer = k8s.types.input.networking.v1.NetworkPolicyPeer;

/** Arguments of {@link Network}. */
export interface NetworkArgs {
  /** Namespace of the policies. */
  readonly namespace: pulumi.Input<string>;
  /** Whether the stack owns the namespace; otherwise only its own pods are closed off. */
  readonly ownsNamespace: boolean;
  /** Whether the Service takes connections from outside the cluster. */
  readonly open: boolean;
}

/**
 * Network policies: clients may reach the server's stream, both may reach DNS, and nothing else may
 * pass in or out. Probes and port-forwards come from the kubelet, which no policy stops.
 */
export class Network extends pulumi.ComponentResource {
  constructor(name: string, args: NetworkArgs, opts?: pulumi.ComponentResourceOptions) {
    super("kubeflower:index:Network", name, {}, opts);
    const server: Peer = { podSelector: { matchLabels: selector(NAMES.server) } };
    const client: Peer = { podSelector: { matchLabels: selector(NAMES.client) } };
    const stream = [{ port: PORTS.stream, protocol: "TCP" }];

    this.#declare(`${name}-deny`, args, {
      podSelector: args.ownsNamespace ? {} : { matchLabels: commonLabels },
      policyTypes: ["Ingress", "Egress"],
    });
    this.#declare(`${name}-server`, args, {
      podSelector: { matchLabels: selector(NAMES.server) },
      policyTypes: ["Ingress", "Egress"],
      ingress: [args.open ? { ports: stream } : { from: [client], ports: stream }],
      egress: [dns()],
    });
    this.#declare(`${name}-clients`, args, {
      podSelector: { matchLabels: selector(NAMES.client) },
      policyTypes: ["Egress"],
      egress: [{ to: [server], ports: stream }, dns()],
    });
    this.registerOutputs({});
  }

  #declare(name: string, { namespace }: NetworkArgs, spec: Spec): void {
    new k8s.networking.v1.NetworkPolicy(
      name,
      { metadata: { namespace, labels: commonLabels }, spec },
      { parent: this },
    );
  }
}

/** Allows the cluster's DNS: its pods, or each node's cache at a link-local address. */
function dns(): k8s.types.input.networking.v1.NetworkPolicyEgressRule {
  return {
    to: [
      {
        namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "kube-system" } },
        podSelector: { matchLabels: { "k8s-app": "kube-dns" } },
      },
      // https://kubernetes.io/docs/tasks/administer-cluster/nodelocaldns/
      { ipBlock: { cidr: "169.254.20.10/32" } },
    ],
    ports: [
      { port: 53, protocol: "UDP" },
      { port: 53, protocol: "TCP" },
    ],
  };
}
