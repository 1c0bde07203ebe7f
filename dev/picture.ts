import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { chromium } from "playwright-core";

// Entry point of `npm run picture`: the page of a recorded run as the README shows it, light and dark.

const RECORD = "tests/cli/page/record";
const PICTURES = { light: "docs/picture.png", dark: "docs/picture-dark.png" } as const;
/** Pixels; the height ends below the timeline. */
const WIDTH = 1000;
const PROGRAM = process.env.KUBEFLOWER_CHROMIUM ?? "/usr/bin/chromium";

const folder = mkdtempSync(join(tmpdir(), "picture-"));
const file = join(folder, "page.html");
execFileSync(process.execPath, ["cli/kubeflower.mjs", "report", RECORD, "--out", file]);
const browser = await chromium.launch({ executablePath: PROGRAM, args: ["--no-sandbox"] });
try {
  for (const colorScheme of ["light", "dark"] as const) {
    const page = await browser.newPage({ viewport: { width: WIDTH, height: 800 }, colorScheme });
    await page.goto(pathToFileURL(file).href);
    const { y = 0, height = 0 } = (await page.locator("figure.wide").first().boundingBox()) ?? {};
    const clip = { x: 0, y: 0, width: WIDTH, height: Math.ceil(y + height) };
    await page.screenshot({ path: PICTURES[colorScheme], fullPage: true, clip });
  }
} finally {
  await browser.close();
  rmSync(folder, { recursive: true });
}
