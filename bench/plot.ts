import { compile, type TopLevelSpec } from "vega-lite";
import { parse, View } from "vega";

import { ARMS, type Measured } from "./measured.ts";
import { grouped, median } from "./table.ts";

/** Draws an SVG of each workload's seconds a round by arm: median and range, on a log scale. */
export async function plot(results: readonly Measured[]): Promise<string> {
  const values = [...grouped(results).values()].flatMap((runs) => {
    const seconds = runs.flatMap((run) => run.rounds?.seconds ?? []);
    const [run] = runs;
    if (run === undefined || seconds.length === 0) return [];
    const range = { low: Math.min(...seconds), high: Math.max(...seconds) };
    return [{ workload: run.workload, engine: ARMS[run.arm], median: median(seconds), ...range }];
  });
  const { spec } = compile(chart(values));
  return new View(parse(spec), { renderer: "none" }).toSVG();
}

function chart(values: readonly object[]): TopLevelSpec {
  const axis = { grid: true, tickBand: "extent" } as const;
  const y = { field: "workload", type: "nominal", sort: null, title: null, axis } as const;
  const yOffset = { field: "engine", sort: Object.values(ARMS) } as const;
  const color = {
    field: "engine",
    type: "nominal",
    sort: Object.values(ARMS),
    title: null,
    legend: { orient: "top", symbolOpacity: 1, labelLimit: 0 },
  } as const;
  const x = (field: string) =>
    ({
      field,
      type: "quantitative",
      scale: { type: "log" },
      axis: { format: "~g", tickCount: 6, gridOpacity: 0.5 },
      title: "seconds a round, median and range (log scale)",
    }) as const;
  return {
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    background: "white",
    padding: 12,
    width: 560,
    height: { step: 14 },
    data: { values: [...values] },
    layer: [
      {
        mark: { type: "rule", strokeWidth: 2, opacity: 0.5 },
        encoding: { x: x("low"), x2: { field: "high" }, y, yOffset, color },
      },
      {
        mark: { type: "point", filled: true, size: 55, opacity: 1 },
        encoding: { x: x("median"), y, yOffset, color },
      },
    ],
    config: { font: "sans-serif", view: { stroke: null } },
  };
}
