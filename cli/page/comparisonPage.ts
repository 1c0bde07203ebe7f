import type { Comparison } from "../compare/comparison.ts";
import { html } from "./html.ts";
import { document, STILL } from "./page.ts";
import { compared } from "./sections/compared.ts";
import { comparedMetrics } from "./sections/comparedMetrics.ts";
import { costs } from "./sections/costs.ts";
import { differences } from "./sections/differences.ts";

/** Makes the page of runs that are compared: one file that loads nothing and runs no script. */
export async function comparisonPage(comparison: Comparison): Promise<string> {
  const { runs, settings, partitions, files } = comparison;
  const metrics = await comparedMetrics(comparison);
  const main = html`${compared(comparison)}${metrics}${costs(comparison)}${differences("Settings", "setting", settings, runs)}${differences("Data", "client", partitions, runs)}${differences("Files", "file", files, runs)}`;
  return document(`${runs.length} runs compared`, main.text, STILL, "");
}
