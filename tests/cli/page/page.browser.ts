import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";

import { comparisonPage } from "../../../cli/page/comparisonPage.ts";
import { page } from "../../../cli/page/page.ts";
import { pageRunOfFolder } from "../../../cli/page/pageRun.ts";
import { exampleComparison } from "./support/exampleComparison.ts";
import { exampleRun } from "./support/exampleRuns.ts";
import { FOLDER } from "./support/recordedServer.ts";
import { launch, SCREENS, Tab } from "./support/tab.ts";

/** A page, and the number of its charts. */
interface Case {
  readonly text: () => Promise<string>;
  readonly charts: number;
}

const [FEW, MANY] = [[1, 2, 3], Array.from({ length: 12 }, (_, at) => at + 1)];
const CASES: Readonly<Record<string, Case>> = {
  "a real run": { text: async () => page(await pageRunOfFolder(FOLDER)), charts: 5 },
  "2 clients": { text: () => page(exampleRun()), charts: 6 },
  "100 clients": { text: () => page(exampleRun({ clients: 100, rounds: 20 })), charts: 6 },
  "1 round": { text: () => page(exampleRun({ rounds: 1 })), charts: 6 },
  "no accuracy": { text: () => page(exampleRun({ accuracy: false })), charts: 4 },
  failed: {
    text: () => page(exampleRun({ clients: 6, lost: 1, state: "failed" })),
    charts: 6,
  },
  "not begun": {
    text: () => page({ ...exampleRun(), rounds: [], result: null, partitions: {} }),
    charts: 0,
  },
  "3 runs": {
    text: () => comparisonPage(exampleComparison(FEW.map((seed) => ({ seed })))),
    charts: 6,
  },
  "12 runs of several settings": {
    text: () =>
      comparisonPage(
        exampleComparison(MANY.map((seed) => ({ seed, rate: [0.02, 0.1, 0.2][seed % 3] ?? seed }))),
      ),
    charts: 6,
  },
  "2 runs of 1 round, without accuracy": {
    text: () =>
      comparisonPage(
        exampleComparison([1, 2].map((seed) => ({ seed, rounds: 1, accuracy: false }))),
      ),
    charts: 2,
  },
};
let browser: Browser;

beforeAll(async () => {
  browser = await launch();
});

afterAll(() => browser.close());

for (const [name, { text, charts }] of Object.entries(CASES)) {
  test(`${name}: all is drawn on each screen, nothing is asked for, axe finds nothing`, async () => {
    const folder = await mkdtemp(join(tmpdir(), "page-"));
    const file = join(folder, "page.html");
    await writeFile(file, await text());
    for (const screen of SCREENS) {
      const tab = await Tab.open(browser, pathToFileURL(file).href, screen);
      await tab.picture(name);
      const drawn = await tab.charts();
      expect([drawn.length, drawn.filter((one) => one.startsWith("EMPTY"))]).toEqual([charts, []]);
      expect(await tab.tooWide()).toEqual([]);
      expect(await tab.findings()).toEqual([]);
      expect([tab.said, tab.asked]).toEqual([[], []]);
      await tab.close();
    }
  });
}
