import { mkdtemp, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { chromium, type Browser, type Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";

import { LivePage } from "../../../cli/page/livePage.ts";
import { page } from "../../../cli/page/page.ts";
import type { PageRun } from "../../../cli/page/pageRun.ts";
import { exampleRun } from "./support/exampleRuns.ts";

/** Debian's. `KUBEFLOWER_CHROMIUM` names another. */
const PROGRAM = process.env.KUBEFLOWER_CHROMIUM ?? "/usr/bin/chromium";
const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
/** Screens: the widths of a desk and of a phone, light and dark. */
const SCREENS = [
  { name: "light", width: 1100, colorScheme: "light" },
  { name: "dark", width: 1100, colorScheme: "dark" },
  { name: "phone", width: 375, colorScheme: "light" },
] as const;
const RUNS: Readonly<Record<string, { run: PageRun; charts: number }>> = {
  "2 clients": { run: exampleRun(), charts: 6 },
  "100 clients": { run: exampleRun({ clients: 100, rounds: 20 }), charts: 6 },
  "1 round": { run: exampleRun({ rounds: 1 }), charts: 6 },
  "no accuracy": { run: exampleRun({ accuracy: false }), charts: 4 },
  failed: { run: exampleRun({ clients: 6, lost: 1, state: "failed" }), charts: 6 },
  "not begun": { run: { ...exampleRun(), rounds: [], result: null, partitions: {} }, charts: 0 },
};
let browser: Browser;

beforeAll(async () => {
  // As root, Chromium has no sandbox of its own; the pages are ours.
  browser = await chromium.launch({ executablePath: PROGRAM, args: ["--no-sandbox"] });
});

afterAll(() => browser.close());

/** Opens a page on a screen; `said` collects what it says on its console, and `asked` what it asks for. */
async function opened(
  url: string,
  screen: { width: number; colorScheme: "light" | "dark" },
): Promise<{ tab: Page; said: string[]; asked: string[] }> {
  const { width, colorScheme } = screen;
  // Without its policy, as axe is a script.
  const options = { viewport: { width, height: 800 }, colorScheme, bypassCSP: true };
  const tab = await (await browser.newContext(options)).newPage();
  const said: string[] = [];
  const asked: string[] = [];
  tab.on("console", (message) => said.push(message.text()));
  tab.on("pageerror", (fault) => said.push(fault.message));
  tab.on("request", (request) => asked.push(request.url()));
  await tab.goto(url);
  return { tab, said, asked };
}

/** Finding of axe-core on the page. */
async function findings(tab: Page): Promise<string[]> {
  await tab.addScriptTag({ path: AXE });
  const found = await tab.evaluate<{ id: string; impact: string; nodes: { html: string }[] }[]>(
    "axe.run().then(({ violations }) => violations)",
  );
  return found.map(({ id, impact, nodes }) => `${impact} ${id}: ${nodes[0]?.html ?? ""}`);
}

/** Charts that one sees, each with something drawn in it. */
async function drawn(tab: Page): Promise<number> {
  return tab.evaluate(
    () =>
      [...document.querySelectorAll("svg")].filter(
        (svg) => svg.getBoundingClientRect().height > 20 && svg.querySelector("path,rect,line"),
      ).length,
  );
}

for (const [name, { run, charts }] of Object.entries(RUNS)) {
  test(`${name}: all is drawn on each screen, nothing is asked for, axe finds nothing`, async () => {
    const folder = await mkdtemp(join(tmpdir(), "page-"));
    const file = join(folder, "page.html");
    await writeFile(file, await page(run));
    const url = pathToFileURL(file).href;
    for (const screen of SCREENS) {
      const { tab, said, asked } = await opened(url, screen);
      expect([said, asked]).toEqual([[], [url]]);
      expect(await drawn(tab)).toBe(charts);
      // Nothing is wider than the screen.
      const wider = "document.documentElement.scrollWidth - window.innerWidth";
      expect(await tab.evaluate<number>(wider)).toBeLessThanOrEqual(0);
      expect(await findings(tab)).toEqual([]);
      if (process.env.KUBEFLOWER_PICTURES !== undefined) {
        const path = join(process.env.KUBEFLOWER_PICTURES, `${name}-${screen.name}.png`);
        await tab.screenshot({ path, fullPage: true });
      }
      await tab.context().close();
    }
  });
}

test("a live page follows a run over five rounds to its end, and keeps what is open", async () => {
  const whole = exampleRun();
  let rounds = 1;
  const live = new LivePage(() => {
    const state = rounds < 5 ? "running" : "completed";
    const now = { ...whole, state, rounds: whole.rounds.slice(0, rounds) };
    return Promise.resolve(now);
  });
  const { tab, said, asked } = await opened(await live.listen(), SCREENS[0]);
  await tab.click("#rounds summary");
  for (; rounds < 5; rounds += 1) {
    await tab.waitForFunction(
      (count) => document.querySelectorAll("#rounds tbody tr").length === count,
      rounds,
    );
    expect(await tab.evaluate(() => document.querySelector("#rounds")?.hasAttribute("open"))).toBe(
      true,
    );
  }
  await live.close();
  await tab.waitForSelector(".state.completed");
  expect(await drawn(tab)).toBe(6);
  expect(said).toEqual([]);
  expect(new Set(asked.map((url) => new URL(url).host)).size).toBe(1);
  expect(await findings(tab)).toEqual([]);
});
