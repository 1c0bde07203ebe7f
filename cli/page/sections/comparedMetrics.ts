import type { Comparison } from "../../compare/comparison.ts";
import { FREE } from "../../compare/groups.ts";
import type { Series } from "../../compare/series.ts";
import { labelsOf, MEAN, shortText, spreadText, valueText } from "../../compare/words.ts";
import { draw } from "../draw.ts";
import { classOf } from "../hues.ts";
import { html, type Html } from "../html.ts";
import { spreadChart } from "../spreadChart.ts";
import { folded, tableOf } from "../tables.ts";

/** Metrics that are drawn; the document of `diff --json` has all. */
const CHARTS = 24;
/** Cells that there is room for in the tables of all metrics together. */
const CELLS = 12_000;
/** Settings of a run that its legend names, and their longest text. */
const NAMED = { settings: 4, length: 24 } as const;

/** Shows every metric of all runs by round. */
export async function comparedMetrics(comparison: Comparison): Promise<Html> {
  const { series, groups } = comparison;
  const drawn = series.filter(({ rounds }) => rounds.some(isDrawn)).slice(0, CHARTS);
  if (drawn.length === 0) {
    return html`<section>
      <h2>Metrics</h2>
      <p>No round is finished yet.</p>
    </section>`;
  }
  const rows = Math.floor(CELLS / drawn.length / (comparison.runs.length + groups.length));
  const charts = await Promise.all(drawn.map((one) => figure(one, comparison)));
  const left = series.length - drawn.length;
  return html`<section>
    <h2>Metrics</h2>
    ${legend(comparison)}
    ${groups.some(({ length }) => length > 1) ? html`<p class="soft">Strong line: mean of equal runs; band: its deviation; thin lines: the runs.</p>` : null}
    <div class="charts">${charts}</div>
    ${left === 0 ? null : html`<p>${left} more metrics are in the document of diff --json.</p>`}
    ${drawn.map((one, at) => folded(`rounds${at}`, `${one.name} as a table`, table(one, comparison, Math.max(10, rows))))}
    ${groups.some(({ length }) => length > 1) ? html`<p class="soft">${MEAN}</p>` : null}
  </section>`;
}

function isDrawn({ values }: Series["rounds"][number]): boolean {
  return values.some((value) => typeof value === "number");
}

async function figure(series: Series, comparison: Comparison): Promise<Html> {
  const { name, rounds } = series;
  const svg = await draw(
    `${name} by round of ${comparison.runs.length} runs; the table below has the numbers`,
    spreadChart(series, comparison),
    "curve",
  );
  const odd = rounds.flatMap(({ values }) => values.filter((one) => typeof one === "string"));
  const note =
    odd.length === 0 ? null : html`<p class="soft">${odd.length} values are no finite numbers.</p>`;
  return html`<figure>
    <figcaption>${name}</figcaption>
    ${svg}${note}
  </figure>`;
}

/** Names the runs of each line, and the settings in which they differ from others. */
function legend({ runs, groups, settings }: Comparison): Html {
  const told = settings.filter(({ key }) => !FREE.includes(key));
  const items = groups.map((places, group) => {
    const names = places.map((at) => `${runs[at]?.label ?? ""} ${runs[at]?.view.run ?? ""}`);
    const first = places[0] ?? 0;
    const own = told
      .slice(0, NAMED.settings)
      .map(({ key, values }) => `${short(key)} ${shortText(values[first], NAMED.length)}`);
    const more = told.length > NAMED.settings ? [`${told.length - NAMED.settings} more`] : [];
    const words = [...own, ...more].join(", ");
    return html`<li>
      <i class="${classOf(group)}"></i>
      <span>${names.join(", ")}${words === "" ? "" : `: ${words}`}</span>
    </li>`;
  });
  return html`<ul class="legend">
    ${items}
  </ul>`;
}

/** Name of a setting as the app or the stack has it. */
function short(key: string): string {
  return key.replace(/^(runConfig|origin|versions)\./, "");
}

function table({ name, rounds }: Series, { runs, groups }: Comparison, most: number): Html {
  const several = groups.flatMap((group, at) => (group.length > 1 ? [{ group, at }] : []));
  const head = [
    "round",
    ...runs.map(({ label }) => label),
    ...several.map(({ group }) => `mean of ${labelsOf(runs, group)}`),
  ];
  const rows = rounds
    .slice(-most)
    .map(({ round, values, groups: means }) => [
      String(round),
      ...values.map((value) => valueText(name, value)),
      ...several.map(({ at }) => spreadText(name, means[at] ?? null)),
    ]);
  return tableOf(name, head, rows);
}
