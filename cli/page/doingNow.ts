import type { Status } from "../../contract/status.ts";
import { html, type Html } from "./html.ts";
import { shortSeconds } from "./shortSeconds.ts";

/** Work of each client now; of many that do the same, their number. */
export function doingNow({ clients: all }: Status): Html {
  const kinds = [...new Set(all.map(({ doing }) => doing))];
  const texts = kinds.map((kind) => {
    const own = all.filter(({ doing }) => doing === kind);
    const who =
      own.length > 8
        ? `${own.length} clients`
        : `client ${own.map(({ partition }) => partition).join(", ")}`;
    const longest = own.reduce((most, one) => Math.max(most, one.seconds ?? 0), 0);
    return `${kind}: ${who}${longest > 0 ? ` (up to ${shortSeconds(longest)})` : ""}`;
  });
  return html`<p>Now: ${texts.join(" · ")}</p>`;
}
