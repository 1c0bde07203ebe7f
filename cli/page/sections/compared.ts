import type { Comparison } from "../../compare/comparison.ts";
import { sentences } from "../../compare/words.ts";
import { timeText } from "../../quantities.ts";
import { html, type Html } from "../html.ts";
import { tableOf } from "../tables.ts";

/** Shows which runs are compared, and what is equal. */
export function compared(comparison: Comparison): Html {
  const { runs } = comparison;
  const rows = runs.map(({ label, view, sha256 }) => [
    ...[label, view.run, view.state, timeText(view.record?.started ?? null)],
    sha256?.slice(0, 12) ?? "none",
    view.from,
  ]);
  const head = ["letter", "run", "state", "started (UTC)", "model's sha256", "from"];
  return html`<header>
    <h1>${runs.length} runs compared</h1>
    <ul>
      ${sentences(comparison).map((text) => html`<li>${capitalized(text)}.</li>`)}
    </ul>
    ${tableOf("Runs", head, rows)}
  </header>`;
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
