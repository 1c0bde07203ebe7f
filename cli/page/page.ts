import { html, Html } from "./html.ts";
import type { PageRun } from "./pageRun.ts";
import { clients } from "./sections/clients.ts";
import { data } from "./sections/data.ts";
import { failures } from "./sections/failures.ts";
import { happened } from "./sections/happened.ts";
import { metrics } from "./sections/metrics.ts";
import { settings } from "./sections/settings.ts";
import { summary } from "./sections/summary.ts";
import { STYLE } from "./style.ts";

/** Content policy of a page that loads nothing and runs no script. */
export const STILL = "default-src 'none'; style-src 'unsafe-inline'";

/** Makes the page of a run: one file that loads nothing and runs no script. */
export async function page(run: PageRun): Promise<string> {
  return document(titleOf(run), await content(run), STILL, "");
}

/** Title of a run's page. */
export function titleOf({ run, state }: PageRun): string {
  return `Run ${run}: ${state}`;
}

/** Makes what stands in the page's body. */
export async function content(run: PageRun): Promise<string> {
  const [curves, times, labels] = await Promise.all([metrics(run.rounds), clients(run), data(run)]);
  return html`${summary(run)}${curves}${times}${labels}${failures(run)}${happened(run.events)}${settings(run)}`
    .text;
}

/**
 * Makes a whole document.
 * @param policy what the page may load and run
 * @param script JavaScript of a page that renews itself; empty for one that stays
 */
export function document(title: string, main: string, policy: string, script: string): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${policy}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title}</title>
        <style>
          ${new Html(STYLE)}
        </style>
      </head>
      <body>
        <main>${new Html(main)}</main>
        ${script === "" ? null : new Html(`<script>${script}</script>`)}
      </body>
    </html> `.text;
}
