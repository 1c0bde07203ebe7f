import { html, type Html } from "./html.ts";

/** Rows of a table; the files have all. */
const MOST = 300;

/** Makes a table that scrolls by itself; a column of numbers is aligned at the right. Shows the first MOST rows. */
export function tableOf(
  name: string,
  head: readonly string[],
  all: readonly (readonly string[])[],
): Html {
  const rows = all.slice(0, MOST);
  const more = all.length - rows.length;
  const numbers = head.map((_, at) =>
    rows.every((row) =>
      /^(-|nan|-?inf|[\d.+−-]+( ± [\d.]+)?( ?[kMGT]?B| m?s| %)?)$/.test(row[at] ?? "-"),
    ),
  );
  const kind = (at: number): Html | null =>
    at > 0 && numbers[at] === true ? html` class="number"` : null;
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${name}">
      <table>
        <thead>
          <tr>
            ${head.map((text, at) => html`<th scope="col" ${kind(at)}>${text}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${rows.map(
            (row) =>
              html`<tr>
                ${row.map((text, at) => cell(text, at, kind(at)))}
              </tr> `,
          )}
        </tbody>
      </table>
    </div>
    ${more > 0 ? html`<p class="soft">${more} more rows are in the files of the run.</p>` : null}`;
}

/** Puts something below a line that opens and closes it. */
export function folded(id: string, summary: string, content: Html): Html {
  return html`<details id="${id}">
    <summary>${summary}</summary>
    ${content}
  </details>`;
}

function cell(text: string, at: number, kind: Html | null): Html {
  return at === 0 ? html`<th scope="row" ${kind}>${text}</th>` : html`<td${kind}>${text}</td>`;
}
