import type { RoundLine } from "../../../contract/phase.ts";
import { html, type Html } from "../html.ts";
import { tableOf } from "../tables.ts";

/** Failures that are shown; the files have all. */
const MOST = 300;

/** Shows which client did not answer in which round, with its words. */
export function failures(rounds: readonly RoundLine[]): Html {
  const all = rounds.flatMap(({ round, failures: own }) =>
    own.map(({ partition, reason }) => [String(round), String(partition), reason]),
  );
  if (all.length === 0) {
    const text = rounds.length === 0 ? "None so far." : "No client has failed in a finished round.";
    return html`<section>
      <h2>Failures</h2>
      <p>${text}</p>
    </section>`;
  }
  const more =
    all.length > MOST ? html`<p>${all.length - MOST} earlier ones are in metrics.jsonl.</p>` : null;
  return html`<section>
    <h2>Failures</h2>
    ${more} ${tableOf("Failures", ["round", "client", "reason"], all.slice(-MOST))}
  </section>`;
}
