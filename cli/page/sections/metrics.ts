import type { RoundLine } from "../../../contract/phase.ts";
import { metricText } from "../../quantities.ts";
import { curveChart, LINES } from "../curveChart.ts";
import { curvesOf, numberOf, type Curve } from "../curves.ts";
import { draw } from "../draw.ts";
import { html, type Html } from "../html.ts";
import { folded, tableOf } from "../tables.ts";
import { shortSeconds } from "../shortSeconds.ts";

/** Rounds of a table; of more, the newest are shown, and the files have all. */
const ROWS = 200;
/** Metrics that are drawn; the files have all. */
const CHARTS = 24;

/** Shows every metric by round: the server's, the clients' together, each client's. */
export async function metrics(rounds: readonly RoundLine[]): Promise<Html> {
  if (rounds.length === 0) {
    return html`<section>
      <h2>Metrics</h2>
      <p>No round is finished yet.</p>
    </section>`;
  }
  const curves = curvesOf(rounds);
  const drawn = curves.filter(({ points }) => points.length > 0).slice(0, CHARTS);
  const charts = await Promise.all(drawn.map(figure));
  const missing = curves.filter(({ points }) => points.length === 0).map(({ name }) => name);
  const left = curves.length - drawn.length - missing.length;
  const notes = [
    ...(curves.length === 0 ? ["The app has measured nothing."] : []),
    ...(missing.length === 0 ? [] : [`No value of ${missing.join(", ")} is a finite number.`]),
    ...(left === 0 ? [] : [`${left} more metrics are in metrics.jsonl.`]),
  ];
  return html`<section>
    <h2>Metrics</h2>
    ${drawn.length === 0 ? null : legend(drawn)}
    <div class="charts">${charts}</div>
    ${notes.map((text) => html`<p>${text}</p>`)}
    ${folded("rounds", "All rounds as a table", table(rounds, curves))}
  </section>`;
}

async function figure(curve: Curve): Promise<Html> {
  const { name, points, odd } = curve;
  const last = points.filter(({ source }) => source === "server").at(-1);
  const words = last === undefined ? "" : `, at last ${cell(last.value)}`;
  const svg = await draw(
    `${name} by round${words}; the table below has the numbers`,
    curveChart(curve),
    "curve",
  );
  const note = odd === 0 ? null : html`<p class="soft">${odd} values are no finite numbers.</p>`;
  return html`<figure>
    <figcaption>${name}</figcaption>
    ${svg}${note}
  </figure>`;
}

function legend(curves: readonly Curve[]): Html {
  const sources = new Set(curves.flatMap(({ points }) => points.map(({ source }) => source)));
  const clients = [...sources].filter((source) => typeof source === "number").length;
  const one = clients > LINES ? "clients: range, and the middle half" : "one client";
  const items: [string, string, boolean][] = [
    ["server", "server", sources.has("server")],
    ["clients", "clients together", sources.has("clients")],
    ["client", one, clients > 0],
  ];
  return html`<ul class="legend">
    ${items
      .filter(([, , isThere]) => isThere)
      .map(([kind, text]) => html`<li><i class="${kind}"></i>${text}</li>`)}
  </ul>`;
}

function table(rounds: readonly RoundLine[], curves: readonly Curve[]): Html {
  const columns = curves.flatMap(({ name }) => {
    const server = rounds.some((line) => central(line, name) !== undefined);
    const clients = rounds.some((line) => name in line.clients);
    return [
      ...(server ? [{ head: name, value: (line: RoundLine) => central(line, name) }] : []),
      ...(clients
        ? [{ head: `clients' ${name}`, value: (line: RoundLine) => line.clients[name] }]
        : []),
    ];
  });
  const head = ["round", "time", "replies", "failures", ...columns.map((one) => one.head)];
  const rows = rounds
    .slice(-ROWS)
    .map((line) => [
      String(line.round),
      shortSeconds(line.seconds),
      String(line.replies.length),
      String(line.failures.length),
      ...columns.map(({ value }) => cell(value(line))),
    ]);
  return tableOf("Rounds", head, rows);
}

function central({ loss, accuracy, server }: RoundLine, name: string): unknown {
  const value = { ...server, loss, accuracy }[name] ?? undefined;
  return numberOf(value) === undefined ? undefined : value;
}

function cell(value: unknown): string {
  const number = numberOf(value);
  if (number === undefined) return "-";
  return Number.isFinite(number)
    ? Number(number.toPrecision(6)).toString()
    : metricText(value as "NaN", 0);
}
