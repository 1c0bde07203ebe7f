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
 * Metrics for a Prometheus: its namespace may reach the server's status port, and a PodMonitor tells
 * the Prometheus Operator where that is.
 */
export class Monitoring extends pulumi.ComponentResource {
  constructor(name: string, args: MonitoringArgs, opts?: pulumi.ComponentResourceOptions) {
    super("kubeflower:index:Monitoring", name, {}, opts);
    const { namespace, prometheus } = args;
    const from = { "kubernetes.io/metadata.name": prometheus.from };
    new k8s.networking.v1.NetworkPolicy(
      name,
      {
        metadata: { namespace, labels: labels(NAMES.server) },
        spec: {
          podSelector: { matchLabels: selector(NAMES.server) },
          policyTypes: ["Ingress"],
          ingress: [
            {
              from: [{ namespaceSelector: { matchLabels: from } }],
              ports: [{ port: PORTS.status, protocol: "TCP" }],
            },
          ],
        },
      },
      { parent: this },
    );
    if (prometheus.podMonitor !== undefined) {
      const own = { ...labels(NAMES.server), ...prometheus.podMonitor.labels };
      new k8s.apiextensions.CustomResource(
        name,
        {
          apiVersion: "monitoring.coreos.com/v1",
          kind: "PodMonitor",
          metadata: { namespace, labels: own, annotations: managed() },
          spec: {
            selector: { matchLabels: selector(NAMES.server) },
            podMetricsEndpoints: [{ port: "status", path: "/metrics" }],
          },
        },
        { parent: this },
      );
    }
    this.registerOutputs({});
  }
}
