import type { Chart } from "./draw.ts";
import type { Doing, Timeline } from "./segments.ts";

/** Words of the legend, in its order. */
export const DOINGS: Readonly<Record<Doing, string>> = {
  train: "train",
  evaluate: "evaluate",
  other: "another message",
  transfer: "transfer",
  waiting: "waiting to be asked",
  gone: "gone or failed",
  serving: "server: aggregate, evaluate, keep",
};

/** Height of a client's row by the number of clients. */
const ROWS = [
  { most: 12, height: 22 },
  { most: 40, height: 14 },
  { most: Infinity, height: 8 },
] as const;

/** Draws what each client does when; the server has the last row. */
export function timelineChart(timeline: Timeline, width: number): Chart {
  const { rounds, seconds, clients } = timeline;
  const { height } = ROWS.find(({ most }) => clients.length <= most) ?? ROWS[2];
  const x = {
    field: "from",
    type: "quantitative",
    title: "seconds",
    scale: { domain: [0, seconds], nice: false },
    axis: { tickCount: Math.round(width / 90), grid: false },
  };
  return {
    width,
    height: { step: height },
    encoding: { x },
    layer: [
      pieces(timeline, height),
      {
        data: { values: rounds.filter(({ from }) => from > 0) },
        mark: { type: "rule", strokeWidth: 1, aria: false },
        encoding: { color: { value: "var(--soft)" } },
      },
      numbers(rounds, (seconds * 40) / width),
    ],
  };
}

function pieces({ segments, clients }: Timeline, height: number): object {
  const every = Math.ceil(16 / height);
  const doings = Object.keys(DOINGS);
  const names = [...clients.map(String), "server"];
  const shown = names.filter(
    // The server's name needs room above it.
    (name, at) => name === "server" || (at % every === 0 && at < clients.length - every / 2),
  );
  return {
    data: { values: segments.map((one) => ({ ...one, who: String(one.who) })) },
    mark: { type: "bar", height: { band: 0.82 } },
    encoding: {
      x2: { field: "to" },
      y: {
        field: "who",
        type: "nominal",
        title: null,
        scale: { domain: names, paddingInner: 0, paddingOuter: 0 },
        axis: { values: shown, ticks: false, domain: false, labelExpr: named(height) },
      },
      color: {
        field: "doing",
        type: "nominal",
        legend: null,
        scale: { domain: doings, range: doings.map((doing) => `var(--${doing})`) },
      },
      description: { field: "text" },
    },
  };
}

/** Numbers of the rounds, above their beginnings. */
function numbers(rounds: Timeline["rounds"], least: number): object {
  const place = { align: "left", baseline: "bottom", dx: 3, dy: -3 };
  return {
    data: { values: spaced(rounds, least) },
    mark: { type: "text", ...place, fontSize: 12, aria: false },
    encoding: { y: { value: 0 }, text: { field: "text" }, color: { field: "color", scale: null } },
  };
}

/** Text of a row: a low one has room for the number only. */
function named(height: number): string {
  if (height < ROWS[0].height) return "datum.label";
  return "datum.label === 'server' ? datum.label : 'client ' + datum.label";
}

/** Rounds whose numbers do not overlap. */
function spaced(rounds: Timeline["rounds"], least: number): { text: string; from: number }[] {
  const found: { text: string; from: number; color: string }[] = [];
  for (const { round, from, isBroken } of rounds) {
    // The first has the word before it.
    const room = found.length === 1 ? 1.4 * least : least;
    if (from - (found.at(-1)?.from ?? -Infinity) < room) continue;
    const text =
      (found.length === 0 ? `round ${round}` : String(round)) + (isBroken ? ": failed" : "");
    found.push({ text, from, color: isBroken ? "var(--bad)" : "var(--soft)" });
  }
  return found;
}
