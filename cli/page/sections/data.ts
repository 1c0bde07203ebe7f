import { draw } from "../draw.ts";
import { histogramChart } from "../histogramChart.ts";
import { histogramsOf, partitionTable, type Histograms } from "../histograms.ts";
import { html, type Html } from "../html.ts";
import type { PageRun } from "../pageRun.ts";
import { folded, tableOf } from "../tables.ts";

/** Clients up to which their records are open from the start. */
const OPEN = 12;
/** Cells of a histogram that there is room for. */
const CELLS = 2000;
const WIDTHS = { wide: 840, narrow: 280 } as const;

/** Shows who has what data, as far as the clients have recorded it. */
export async function data({ partitions }: PageRun): Promise<Html> {
  if (Object.keys(partitions).length === 0) {
    return html`<section>
      <h2>Data</h2>
      <p>
        The app records nothing of its clients' data. A ConfigRecord <code>partition</code> in a
        reply would be shown here, its list of counts as a histogram.
      </p>
    </section>`;
  }
  const histograms = histogramsOf(partitions);
  const { head, rows } = partitionTable(partitions);
  const table = tableOf("Records of the clients' data", head, rows);
  const records =
    rows.length <= OPEN
      ? table
      : folded("partitions", `Records of all ${rows.length} clients`, table);
  return html`<section>
    <h2>Data</h2>
    ${histograms === null ? html`<p>The clients have recorded no list of counts by label.</p>` : await charts(histograms)}
    ${head.length === 1 ? null : records}
  </section>`;
}

async function charts(histograms: Histograms): Promise<Html> {
  const { clients, counts, key } = histograms;
  const all = clients.length;
  const labels = counts.reduce((most, { length }) => Math.max(most, length), 0);
  const name = `Number of examples of ${labels} labels at ${clients.length} clients; the table has the numbers`;
  const figures = await Promise.all(
    Object.entries(WIDTHS).map(async ([kind, width]) => {
      const most = Math.max(1, Math.floor(CELLS / labels));
      const shown = { key, clients: clients.slice(0, most), counts: counts.slice(0, most) };
      const svg = await draw(name, histogramChart(shown, width));
      const who = most < all ? `, the first ${most} of ${all} clients` : "";
      return html`<figure class="${kind}">
        <figcaption>Examples by client and label (${key})${who}</figcaption>
        ${svg}
      </figure>`;
    }),
  );
  const head = ["client", ...Array.from({ length: labels }, (_, label) => `label ${label}`)];
  const rows = clients.map((client, at) => [String(client), ...(counts[at] ?? []).map(String)]);
  return html`${figures}${folded("labels", "Labels as a table", tableOf("Labels", head, rows))}`;
}
