import { readFileSync } from "node:fs";
import { parser } from "@prometheus-io/lezer-promql";
import { describe, expect, it } from "vitest";

// tests/app/test_metrics_page.py holds the page's table against what real servers say.
const PAGE = readFileSync("docs/metrics.md", "utf8");
/** Labels that Prometheus adds to what it scrapes. */
const TARGET = ["namespace", "pod", "instance"];

interface Dashboard {
  readonly templating: { readonly list: readonly { readonly query: unknown }[] };
  readonly panels: readonly {
    readonly title: string;
    readonly description: string;
    readonly targets: readonly { readonly expr: string; readonly legendFormat: string }[];
  }[];
}

const DASHBOARD = JSON.parse(readFileSync("docs/grafana.json", "utf8")) as Dashboard;

/** The labels of each series of the page's table. */
const SERIES = new Map<string, readonly string[]>();
/** The queries of the page's table. */
const EXAMPLES: string[] = [];
for (const [, name = "", type, labels = "", query = ""] of PAGE.matchAll(
  /^\| `(\w+)` \| (\w+) \| \w* ?\| (.*?) ?\| .* \| `(.*)` \|$/gm,
)) {
  const names = type === "summary" ? [`${name}_sum`, `${name}_count`] : [name];
  const known = [...labels.matchAll(/`(\w+)`/g)].map(([, label = ""]) => label);
  for (const series of names) SERIES.set(series, known);
  EXAMPLES.push(query);
}

/** Faults of a query: what is no PromQL, and series and labels that the page does not have. */
function faults(query: string): string[] {
  // Grafana puts a duration there.
  const text = query.replaceAll("$__rate_interval", "5m");
  const found: string[] = [];
  const series: string[] = [];
  const labels: string[] = [];
  parser.parse(text).iterate({
    enter: ({ name, type, from, to }) => {
      const word = text.slice(from, to);
      if (type.isError) found.push(`no PromQL at ${String(from)}`);
      if (name === "Identifier") series.push(word);
      if (name === "LabelName") labels.push(word);
    },
  });
  if (series.length === 0) found.push("no series");
  found.push(...series.filter((one) => !SERIES.has(one)).map((one) => `no metric ${one}`));
  const allowed = [...TARGET, ...series.flatMap((one) => SERIES.get(one) ?? [])];
  found.push(...labels.filter((one) => !allowed.includes(one)).map((one) => `no label ${one}`));
  return found;
}

it.each([
  ["rate(kubeflower_rounds[5m)", ["no PromQL at 25"]],
  ["kubeflower_speed", ["no metric kubeflower_speed"]],
  ["kubeflower_round_duration_seconds", ["no metric kubeflower_round_duration_seconds"]],
  ["sum by (state) (kubeflower_clients)", ["no label state"]],
  ['kubeflower_clients{run="a", partition="1"}', ["no label partition"]],
  ["1 + 1", ["no series"]],
])("finds the fault of %s", (query, expected) => {
  expect(faults(query)).toEqual(expected);
});

it("has a query for each metric of the page, which is in it", () => {
  expect(SERIES.size).toBe(28);
  expect(EXAMPLES.flatMap((query) => faults(query).map((fault) => `${query}: ${fault}`))).toEqual(
    [],
  );
  const unasked = [...SERIES.keys()].filter((name) => !EXAMPLES.join("\n").includes(name));
  expect(unasked).toEqual([]);
});

describe("the dashboard for Grafana", () => {
  const targets = DASHBOARD.panels.flatMap(({ title, targets }) =>
    targets.map(({ expr, legendFormat }) => ({ title, expr, legendFormat })),
  );

  it("shows what people look for", () => {
    expect(DASHBOARD.panels.map(({ title }) => title)).toEqual([
      ...["State", "Round", "Finished", "Clients", "Failure"],
      ...["Accuracy", "Loss", "All metrics of the app"],
      ...["Clients by what they do", "Round times", "Bytes"],
      ...["Replies and failures", "Space on the volume", "Memory of the server"],
    ]);
  });

  it.each(targets)("asks in panel $title for what there is: $expr", ({ expr, legendFormat }) => {
    expect(faults(expr)).toEqual([]);
    const asked = [...SERIES].filter(([name]) => expr.includes(name));
    const labels = [...TARGET, ...asked.flatMap(([, known]) => known)];
    const named = [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label]) => label);
    expect(labels).toEqual(expect.arrayContaining(named));
  });

  it("offers the namespaces and the runs that there are", () => {
    const queries = DASHBOARD.templating.list.map(({ query }) => query);
    expect(queries).toEqual([
      "prometheus",
      { query: "label_values(kubeflower_run_state, namespace)", refId: "A" },
      {
        query: 'label_values(kubeflower_run_state{namespace=~"$namespace"}, run)',
        refId: "A",
      },
    ]);
  });
});
