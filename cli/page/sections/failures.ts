import { html, type Html } from "../html.ts";
import type { PageRun } from "../pageRun.ts";
import { tableOf } from "../tables.ts";

/** Failures that are shown; the files have all. */
const MOST = 300;

/** Shows which client did not answer in which round, with its words. */
export function failures({ rounds, broken }: PageRun): Html {
  const all = [...rounds, ...(broken === null ? [] : [broken])].flatMap(
    ({ round, failures: own }) =>
      own.map(({ partition, reason }) => [String(round), String(partition), reason]),
  );
  if (all.length === 0) {
    const known = broken === null ? "in a finished round" : "in a round";
    const text = rounds.length === 0 ? "None so far." : `No client has failed ${known}.`;
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
