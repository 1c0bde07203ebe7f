import * as pulumi from "@pulumi/pulumi";
import { afterEach, expect, it, vi } from "vitest";
import { prometheus, type Prometheus } from "../../components/prometheus.ts";

const GROUP = "/apis/monitoring.coreos.com/v1";
const LIST = `${GROUP}/namespaces/observability/prometheuses`;
const MONITORS = { resources: [{ name: "podmonitors" }, { name: "prometheuses" }] };
const info = vi.spyOn(pulumi.log, "info").mockResolvedValue(undefined);

afterEach(() => {
  info.mockClear();
});

/** Asks a cluster that gives these answers, and null elsewhere. */
function ask(answers: Readonly<Record<string, unknown>>): Promise<Prometheus | undefined> {
  const get = <T>(path: string): Promise<T> =>
    Promise.resolve((path in answers ? answers[path] : null) as T);
  return prometheus("observability", { get });
}

function selecting(...podMonitorSelectors: unknown[]): object {
  return {
    items: podMonitorSelectors.map((podMonitorSelector) => ({ spec: { podMonitorSelector } })),
  };
}

it("asks nothing where nobody may read the metrics", async () => {
  const get = (): Promise<never> => Promise.reject(new Error("asked"));
  expect(await prometheus(undefined, { get })).toBeUndefined();
});

it.each([
  ["a cluster that lacks the operator", null],
  ["a cluster with other resources of the group", { resources: [{ name: "prometheuses" }] }],
])("needs a job of its own on %s, and says so", async (_, group) => {
  expect(await ask({ [GROUP]: group })).toEqual({ from: "observability" });
  expect(info.mock.calls).toEqual([
    [
      "the cluster knows no PodMonitor (monitoring.coreos.com/v1) — Prometheus may read the metrics, and needs a scrape job that finds them — docs/metrics.md has one",
    ],
  ]);
});

it("says nothing of PodMonitors when no cluster answers", async () => {
  expect(await ask({ [GROUP]: undefined })).toEqual({ from: "observability" });
  expect(info).not.toHaveBeenCalled();
});

it.each([
  ["asks for", selecting({ matchLabels: { release: "stack" } }), { release: "stack" }],
  ["takes without labels", selecting({}, undefined), {}],
  [
    "and a second one ask for",
    selecting({ matchLabels: { release: "stack" } }, { matchLabels: { team: "ml" } }),
    { release: "stack", team: "ml" },
  ],
  ["hides from this user", undefined, {}],
])("gives a PodMonitor what the namespace's Prometheus %s", async (_, list, labels) => {
  expect(await ask({ [GROUP]: MONITORS, [LIST]: list })).toEqual({
    from: "observability",
    podMonitor: { labels },
  });
  expect(info).not.toHaveBeenCalled();
});
