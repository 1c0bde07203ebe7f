import type { Chart } from "./draw.ts";
import type { Histograms } from "./histograms.ts";

/** Clients and labels up to which the counts are written into the chart. */
const WRITTEN = { clients: 16, labels: 12, width: 32 } as const;
/** Height of a client's row by the number of clients. */
const ROWS = [
  { most: 16, height: 24 },
  { most: 40, height: 14 },
  { most: Infinity, height: 8 },
] as const;

/** Draws who has how many examples of which label: the more, the darker. */
export function histogramChart(histograms: Histograms, width: number): Chart {
  const { clients, counts } = histograms;
  const labels = counts.reduce((most, { length }) => Math.max(most, length), 0);
  const { height } = ROWS.find(({ most }) => clients.length <= most) ?? ROWS[2];
  const isWritten =
    clients.length <= WRITTEN.clients &&
    labels <= WRITTEN.labels &&
    width / labels >= WRITTEN.width;
  return {
    width,
    height: { step: height },
    data: { values: cellsOf(histograms) },
    encoding: axes(clients, height),
    layer: [cells(height), ...(isWritten ? [NUMBERS] : [])],
  };
}

function cellsOf({ clients, counts }: Histograms): object[] {
  const most = counts.flat().reduce((a, b) => Math.max(a, b), 1);
  return clients.flatMap((client, at) => {
    const own = counts[at] ?? [];
    const sum = own.reduce((a, b) => a + b, 0) || 1;
    return own.map((count, label) => {
      const part = Math.round((100 * count) / sum);
      const text = `client ${client}, label ${label}: ${count}, ${part} % of its own`;
      return { client: String(client), label: String(label), count, share: count / most, text };
    });
  });
}

function axes(clients: readonly number[], height: number): object {
  const isLow = height < ROWS[0].height;
  const every = Math.ceil(16 / height);
  const axis = { ticks: false, domain: false };
  return {
    x: {
      field: "label",
      type: "nominal",
      sort: null,
      title: "label",
      axis: { ...axis, labelAngle: 0, orient: "top" },
    },
    y: {
      field: "client",
      type: "nominal",
      sort: null,
      title: isLow ? "client" : null,
      scale: { paddingInner: 0 },
      axis: {
        ...axis,
        values: clients.filter((_, at) => at % every === 0).map(String),
        labelExpr: isLow ? "datum.label" : "'client ' + datum.label",
      },
    },
  };
}

function cells(height: number): object {
  const scale = { domain: [0, 1], range: [0.03, 1] };
  return {
    mark: { type: "rect", stroke: "var(--paper)", strokeWidth: height > 10 ? 1 : 0.5 },
    encoding: {
      color: { value: "var(--data)" },
      fillOpacity: { field: "share", type: "quantitative", scale, legend: null },
      description: { field: "text" },
    },
  };
}

/** The counts, readable on light and dark cells. */
const NUMBERS = {
  mark: { type: "text", fontSize: 12, aria: false },
  encoding: {
    text: { field: "count" },
    color: {
      condition: { test: "datum.share > 0.8", value: "var(--paper)" },
      value: "var(--ink)",
    },
  },
};
