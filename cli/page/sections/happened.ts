import { timeText } from "../../quantities.ts";
import type { RunEvent } from "../../verbs/events.ts";
import { html, type Html } from "../html.ts";
import { folded } from "../tables.ts";

/** Events that are open from the start, and that are shown at all; the files have all. */
const OPEN = 12;
const MOST = 500;

/** Shows what has happened to the run, newest last. */
export function happened(events: readonly RunEvent[]): Html {
  if (events.length === 0) {
    return html`<section>
      <h2>Events</h2>
      <p>The run has no events: an older version made it, or it has not begun.</p>
    </section>`;
  }
  const [earlier, newest] = [events.slice(-MOST, -OPEN), events.slice(-OPEN)];
  const days = new Set(events.map(({ time }) => time.slice(0, 10)));
  const list = (some: readonly RunEvent[]): Html =>
    html`<ol class="events">
      ${some.map((one) => item(one, days.size > 1))}
    </ol>`;
  return html`<section>
    <h2>Events</h2>
    ${earlier.length === 0 ? null : folded("earlier", `Earlier events (${earlier.length})`, list(earlier))}
    ${list(newest)}
  </section>`;
}

function item({ time, kind, text }: RunEvent, hasDays: boolean): Html {
  const shown = timeText(time);
  return html`<li>
    <time datetime="${time}">${hasDays ? shown : shown.slice(11)}</time>
    <b class="${kind}">${kind}</b> <span>${text}</span>
  </li> `;
}
