import { compile, type TopLevelSpec } from "vega-lite";
import { parse, View } from "vega";

import { escaped, Html } from "./html.ts";

/** Looks that all charts share; colours are variables of the page's style, so that they follow it. */
const CONFIG = {
  background: "transparent",
  view: { stroke: null },
  axis: {
    labelColor: "var(--soft)",
    titleColor: "var(--soft)",
    titleFontWeight: "normal",
    labelFontSize: 12,
    titleFontSize: 12,
    gridColor: "var(--line)",
    domainColor: "var(--line)",
    tickColor: "var(--line)",
    labelOverlap: true,
  },
} as const;

/** Chart without what all charts share; its marks have `aria: false`, or the channel `description`. */
export type Chart = object;

/**
 * Draws a chart as SVG that needs no script. The texts of its channel `description` appear when one
 * hovers over a mark; a screen reader gets the name alone, as the numbers are in a table.
 * @param name tells what the chart shows
 * @param kind class of the SVG
 */
export async function draw(name: string, chart: Chart, kind = "chart"): Promise<Html> {
  const { spec } = compile({ padding: 2, ...chart, config: CONFIG } as unknown as TopLevelSpec);
  const svg = await new View(parse(spec), { renderer: "none" }).toSVG();
  const [head = "", width = "", height = ""] =
    /^[^]*?<svg[^>]* width="([\d.]+)" height="([\d.]+)"[^>]*>/.exec(svg) ?? [];
  const size = `viewBox="0 0 ${width} ${height}" width="${width}"`;
  return new Html(
    `<svg class="${kind}" role="img" aria-label="${escaped(name)}" ${size}>${light(svg.slice(head.length))}`,
  );
}

/** Takes out what a page does not need: names for scripts, and digits that nobody sees. */
function light(svg: string): string {
  return svg
    .replace(/<path class="(back|fore)ground"[^>]*\/>/g, "")
    .replace(/ (d|transform|x2|y2)="[^"]*"/g, (found) => found.replace(/(\.\d)\d+/g, "$1"))
    .replace(/<(path) aria-label="([^"]*)"([^>]*?)\/>/g, "<$1$3><title>$2</title></$1>")
    .replace(/ (role|aria-[a-z]+|class|pointer-events|font-family|opacity)="[^"]*"/g, keptOpacity);
}

function keptOpacity(found: string, name: string): string {
  return name === "opacity" && found !== ` opacity="1"` ? found : "";
}
