import { bytesText } from "../../quantities.ts";
import { clientCosts, kindsOf, type ClientCost } from "../clientCosts.ts";
import { draw } from "../draw.ts";
import { html, type Html } from "../html.ts";
import type { PageRun } from "../pageRun.ts";
import { medianOf } from "../quantile.ts";
import { timelineOf, type Timeline } from "../segments.ts";
import { shortSeconds } from "../shortSeconds.ts";
import { folded, tableOf } from "../tables.ts";
import { DOINGS, timelineChart } from "../timelineChart.ts";

/** Widths of the timeline, and how many phases of a client and how many clients each has room for. */
const WIDE = { width: 860, room: 1000, most: 100 } as const;
const NARROW = { width: 300, room: 250, most: 60 } as const;
/** Clients up to which the table is open from the start. */
const OPEN = 20;

/** Shows what each client did when, and what it has cost. */
export async function clients({ rounds, broken }: PageRun): Promise<Html> {
  const costs = clientCosts(broken === null ? rounds : [...rounds, broken]);
  if (costs.length === 0) {
    const why =
      rounds.length === 0
        ? "No round is finished yet."
        : "The run does not have the times of its clients: an older version made it.";
    return html`<section>
      <h2>Clients</h2>

      <p>${why}</p>
    </section>`;
  }
  const charts = await Promise.all(
    [WIDE, NARROW].map(async ({ width, room, most }) => {
      const timeline = timelineOf(rounds, broken, room, most);
      return timeline === null ? null : chart(timeline, width);
    }),
  );
  const table = costTable(costs);
  return html`<section>
    <h2>Clients</h2>
    ${charts} ${slowest(costs)}
    ${costs.length <= OPEN ? table : folded("costs", `Time and cost of all ${costs.length} clients`, table)}
    ${total(costs)}
    <p class="soft">
      Times are medians of a message. CPU and bytes are sums; memory is the most that the app's
      process has had.
    </p>
  </section>`;
}

async function chart(timeline: Timeline, width: number): Promise<Html> {
  const { rounds, clients: shown, all, segments } = timeline;
  const [first, last] = [rounds[0]?.round ?? 0, rounds.at(-1)?.round ?? 0];
  const isBroken = rounds.at(-1)?.isBroken === true;
  const which =
    first === last
      ? `round ${first}${isBroken ? ", which failed" : ""}`
      : `rounds ${first} to ${last}${isBroken ? ", the last of which failed" : ""}`;
  const who =
    shown.length < all ? `the ${shown.length} slowest of ${all} clients` : `${all} clients`;
  const kinds = new Set(segments.map(({ doing }) => doing));
  const legend = Object.entries(DOINGS)
    .filter(([doing]) => kinds.has(doing as keyof typeof DOINGS))
    .map(([doing, text]) => html`<li><i class="${doing}"></i>${text}</li>`);
  const svg = await draw(
    `Timeline of ${who} in ${which}; the table below has the numbers`,
    timelineChart(timeline, width),
  );
  const kind = width === WIDE.width ? "wide" : "narrow";
  return html`<figure class="${kind}">
    <figcaption>Timeline of ${who}, ${which}</figcaption>
    <ul class="legend">
      ${legend}
    </ul>
    ${svg}
  </figure>`;
}

function costTable(costs: readonly ClientCost[]): Html {
  const kinds = kindsOf(costs);
  const head = ["client", "answered", ...kinds, "transfer", "CPU", "memory", "received", "sent"];
  const rows = costs.map((one) => [
    String(one.partition),
    `${one.answered} of ${one.asked}`,
    ...kinds.map((kind) => seconds(one.work[kind] ?? null)),
    seconds(one.transfer),
    shortSeconds(one.cpu),
    one.memory === null ? "-" : bytesText(one.memory),
    bytesText(one.received),
    bytesText(one.sent),
  ]);
  return tableOf("Clients", head, rows);
}

function seconds(value: number | null): string {
  return value === null ? "-" : shortSeconds(value);
}

/** Adds up what all clients have cost. */
function total(costs: readonly ClientCost[]): Html {
  const sum = (value: (cost: ClientCost) => number): number =>
    costs.reduce((all, cost) => all + value(cost), 0);
  const memory = costs.reduce((most, cost) => Math.max(most, cost.memory ?? 0), 0);
  return html`<p>
    All clients together: ${shortSeconds(sum(({ cpu }) => cpu))} of CPU,
    ${bytesText(sum(({ received }) => received))} received, ${bytesText(sum(({ sent }) => sent))}
    sent; the largest had ${bytesText(memory)} of memory.
  </p>`;
}

/** Names the client that others wait for, when it is much slower than they are. */
function slowest(costs: readonly ClientCost[]): Html | null {
  const times = costs.map(({ partition, work }) => ({ partition, time: work.train ?? 0 }));
  const most = times.reduce((a, b) => (b.time > a.time ? b : a), { partition: 0, time: 0 });
  const others = times.filter(({ partition }) => partition !== most.partition);
  const middle = medianOf(others.map(({ time }) => time)) ?? 0;
  if (middle === 0 || most.time < 1.5 * middle) return null;
  return html`<p>
    Client ${most.partition} is the slowest: it trains for ${shortSeconds(most.time)}, the median of
    the others is ${shortSeconds(middle)}.
  </p>`;
}
