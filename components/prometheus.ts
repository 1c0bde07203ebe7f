import * as pulumi from "@pulumi/pulumi";
import type { KubernetesApi } from "../kube/clusterFacts.ts";
import type { MonitoringArgs } from "./monitoring.ts";

const GROUP = "/apis/monitoring.coreos.com/v1";

/** Namespace that may read the server's metrics, and the labels that their PodMonitor needs. */
export type Prometheus = MonitoringArgs["prometheus"];

/**
 * Finds out how the Prometheus of a namespace is told what to scrape; undefined without a namespace.
 * @param from namespace of the Prometheus
 * @param api asks the cluster; one that does not answer in a preview counts as one without PodMonitors
 */
export async function prometheus(
  from: string | undefined,
  api: KubernetesApi,
): Promise<Prometheus | undefined> {
  if (from === undefined) return undefined;
  const group = await api.get<{ resources?: { name: string }[] }>(GROUP);
  if (group?.resources?.some(({ name }) => name === "podmonitors") !== true) {
    if (group !== undefined) await sayThatNoneIsThere();
    return { from };
  }
  const list = await api.get<List>(`${GROUP}/namespaces/${from}/prometheuses`);
  const asked = (list?.items ?? []).map(({ spec }) => spec?.podMonitorSelector?.matchLabels);
  return { from, podMonitor: { labels: Object.assign({}, ...asked) as Labels } };
}

type Labels = Readonly<Record<string, string>>;

interface List {
  readonly items?: readonly {
    readonly spec?: { readonly podMonitorSelector?: { readonly matchLabels?: Labels } };
  }[];
}

function sayThatNoneIsThere(): Promise<void> {
  return pulumi.log.info(
    "the cluster knows no PodMonitor (monitoring.coreos.com/v1) — Prometheus may read the metrics, and needs a scrape job that finds them — docs/metrics.md has one",
  );
}
