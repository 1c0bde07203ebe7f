import { randomBytes } from "node:crypto";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { NAMES, PORTS } from "../contract/names.ts";
import { labels, managed, selector } from "./kubernetes.ts";

/** Arguments of {@link Monitoring}. */
export interface MonitoringArgs {
  /** Namespace of the federation. */
  readonly namespace: pulumi.Input<string>;
  /** The Prometheus that reads the metrics. */
  readonly prometheus: {
    /** Namespace of its pods. */
    readonly from: string;
    /** Labels by which it finds a PodMonitor. @default the cluster knows no PodMonitors */
    readonly podMonitor?: { readonly labels: Readonly<Record<string, string>> };
  };
}

/**
 * Metrics for a Prometheus: its namespace may reach the server's status port, a token lets it read
 * them there, and a PodMonitor tells the Prometheus Operator where that is.
 */
export class Monitoring extends pulumi.ComponentResource {
  readonly #name: string;
  readonly #namespace: pulumi.Input<string>;

  constructor(name: string, args: MonitoringArgs, opts?: pulumi.ComponentResourceOptions) {
    super("kubeflower:index:Monitoring", name, {}, opts);
    const { namespace, prometheus } = args;
    this.#name = name;
    this.#namespace = namespace;
    this.#door(prometheus.from);
    this.#token();
    if (prometheus.podMonitor !== undefined) this.#podMonitor(prometheus.podMonitor.labels);
    this.registerOutputs({});
  }

  #door(from: string): void {
    const namespaceSelector = { matchLabels: { "kubernetes.io/metadata.name": from } };
    new k8s.networking.v1.NetworkPolicy(
      this.#name,
      {
        metadata: { namespace: this.#namespace, labels: labels(NAMES.server) },
        spec: {
          podSelector: { matchLabels: selector(NAMES.server) },
          policyTypes: ["Ingress"],
          ingress: [
            { from: [{ namespaceSelector }], ports: [{ port: PORTS.status, protocol: "TCP" }] },
          ],
        },
      },
      { parent: this },
    );
  }

  /** Makes the token once: a Prometheus may have a copy. */
  #token(): void {
    const token = pulumi.secret(randomBytes(24).toString("base64url"));
    new k8s.core.v1.Secret(
      this.#name,
      {
        metadata: {
          name: NAMES.metrics,
          namespace: this.#namespace,
          labels: labels(NAMES.server),
        },
        stringData: { token },
      },
      { parent: this, ignoreChanges: ["stringData", "data"] },
    );
  }

  #podMonitor(own: Readonly<Record<string, string>>): void {
    const authorization = { credentials: { name: NAMES.metrics, key: "token" } };
    new k8s.apiextensions.CustomResource(
      this.#name,
      {
        apiVersion: "monitoring.coreos.com/v1",
        kind: "PodMonitor",
        metadata: {
          namespace: this.#namespace,
          labels: { ...labels(NAMES.server), ...own },
          annotations: managed(),
        },
        spec: {
          selector: { matchLabels: selector(NAMES.server) },
          podMetricsEndpoints: [{ port: "status", path: "/metrics", authorization }],
        },
      },
      { parent: this },
    );
  }
}
