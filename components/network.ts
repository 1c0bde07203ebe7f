import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { NAMES, PORTS } from "../contract/names.ts";
import type { WayOut } from "../settings/egress.ts";
import { commonLabels, selector } from "./kubernetes.ts";

type Spec = k8s.types.input.networking.v1.NetworkPolicySpec;
type Peer = k8s.types.input.networking.v1.NetworkPolicyPeer;
type Rule = k8s.types.input.networking.v1.NetworkPolicyEgressRule;

/** Arguments of {@link Network}. */
export interface NetworkArgs {
  /** Namespace of the policies. */
  readonly namespace: pulumi.Input<string>;
  /** Whether the stack owns the namespace; otherwise only its own pods are closed off. */
  readonly ownsNamespace: boolean;
  /** Whether the Service takes connections from outside the cluster. */
  readonly open: boolean;
  /** Ways out of the server's pod, beside DNS. */
  readonly serverEgress: readonly WayOut[];
  /** Ways out of the clients' pods, beside the stream and DNS. */
  readonly clientEgress: readonly WayOut[];
}

/**
 * Network policies: clients may reach the server's stream, both may reach the cluster's DNS, and
 * nothing else may pass in or out. Clients dial the server's address: names are for apps. Probes and
 * port-forwards come from the kubelet, which no policy stops.
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
      egress: [...dns(), ...args.serverEgress.map(rule)],
    });
    this.#declare(`${name}-clients`, args, {
      podSelector: { matchLabels: selector(NAMES.client) },
      policyTypes: ["Egress"],
      egress: [{ to: [server], ports: stream }, ...dns(), ...args.clientEgress.map(rule)],
    });
    this.#warn("egress", "clients", args.clientEgress);
    this.#warn("serverEgress", "the server", args.serverEgress);
    this.registerOutputs({});
  }

  /** Says which doors a setting opens: whoever reviews a preview must see them. */
  #warn(setting: string, who: string, ways: readonly WayOut[]): void {
    if (ways.length === 0) return;
    const list = ways.map(inWords).join(", ");
    void pulumi.log.warn(`${setting} opens a way out: ${who} may reach ${list}`, this);
  }

  #declare(name: string, { namespace }: NetworkArgs, spec: Spec): void {
    new k8s.networking.v1.NetworkPolicy(
      name,
      { metadata: { namespace, labels: commonLabels }, spec },
      { parent: this },
    );
  }
}

/** Allows the cluster's DNS where clusters have it; one that is elsewhere is opened by `dns`. */
function dns(): Rule[] {
  const pods = (namespace: string, key: string, ...values: string[]): Peer => ({
    namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespace } },
    podSelector: { matchExpressions: [{ key, operator: "In", values }] },
  });
  const inSystem = pods("kube-system", "k8s-app", "kube-dns", "node-local-dns");
  const onOpenShift = pods("openshift-dns", "dns.operator.openshift.io/daemonset-dns", "default");
  return [
    // Caches of nodes: GKE and https://kubernetes.io/docs/tasks/administer-cluster/nodelocaldns/
    // have theirs at 169.254.20.10, Kubespray at 169.254.25.10, Cloud DNS is at 169.254.169.254.
    { to: [inSystem, { ipBlock: { cidr: LINK_LOCAL } }], ports: bothProtocols(53) },
    { to: [onOpenShift], ports: bothProtocols(5353) },
  ];
}

const LINK_LOCAL = "169.254.0.0/16";

function bothProtocols(port: number): { port: number; protocol: string }[] {
  return ["UDP", "TCP"].map((protocol) => ({ port, protocol }));
}

/** Rule that opens a way out. */
function rule(way: WayOut): Rule {
  if (way === "all") return {};
  if (way === "https") return { ports: [{ port: 443, protocol: "TCP" }] };
  // OpenShift's DNS pods listen at 5353.
  if (way === "dns") return { ports: [...bothProtocols(53), ...bothProtocols(5353)] };
  const { cidr, port } = way;
  const to = [{ ipBlock: { cidr } }];
  return port === undefined ? { to } : { to, ports: [{ port, protocol: "TCP" }] };
}

function inWords(way: WayOut): string {
  if (way === "all") return "every address and port";
  if (way === "https") return "TCP port 443 of every address";
  if (way === "dns") return "ports 53 and 5353 of every address";
  return way.port === undefined ? way.cidr : `TCP port ${way.port} of ${way.cidr}`;
}
