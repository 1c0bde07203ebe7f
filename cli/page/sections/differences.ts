import type { ComparedRun } from "../../compare/comparison.ts";
import type { Difference } from "../../compare/differences.ts";
import { differing, shortText } from "../../compare/words.ts";
import { html, type Html } from "../html.ts";
import { tableOf } from "../tables.ts";

/** Longest text of a value, in characters. */
const LONGEST = 48;
/** Cells that there is room for; the document of `diff --json` has all. */
const CELLS = 4000;

/** Shows what is not the same in all runs. */
export function differences(
  title: string,
  name: string,
  all: readonly Difference[],
  runs: readonly ComparedRun[],
): Html {
  if (all.length === 0) {
    return html`<section>
      <h2>${title}</h2>
      <p>No difference.</p>
    </section>`;
  }
  const most = Math.floor(CELLS / runs.length);
  const rows = all.slice(0, most).map(({ key, values }) => [key, ...differing(values).map(cell)]);
  const left = all.length - rows.length;
  return html`<section>
    <h2>${title}</h2>
    ${tableOf(title, [name, ...runs.map(({ label }) => label)], rows)}
    ${left > 0 ? html`<p>${left} more are in the document of diff --json.</p>` : null}
  </section>`;
}

/** A digest is known by its beginning. */
function cell(value: unknown): string {
  const text = shortText(value, Infinity);
  return /^[0-9a-f]{32,}$/.test(text) ? `${text.slice(0, 12)}…` : shortText(value, LONGEST);
}
