import { createRequire } from "node:module";
import { join } from "node:path";

import { chromium, type Browser, type Page } from "playwright-core";

/** Debian's. `KUBEFLOWER_CHROMIUM` names another. */
const PROGRAM = process.env.KUBEFLOWER_CHROMIUM ?? "/usr/bin/chromium";
const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

/** Screens: the widths of a desk and of a phone, light and dark. */
export const SCREENS = [
  { name: "light", width: 1100, colorScheme: "light" },
  { name: "dark", width: 1100, colorScheme: "dark" },
  { name: "phone", width: 375, colorScheme: "light" },
] as const;

/** One of the screens. */
type Screen = (typeof SCREENS)[number];

/** Starts the browser. */
export function launch(): Promise<Browser> {
  // As root, Chromium has no sandbox of its own; the pages are ours.
  return chromium.launch({ executablePath: PROGRAM, args: ["--no-sandbox"] });
}

/** A page that is open in the browser, and all that it has said and asked for. */
export class Tab {
  readonly said: string[] = [];
  /** Requests that leave the page; they were refused. */
  readonly asked: string[] = [];

  private constructor(
    readonly page: Page,
    readonly screen: Screen,
  ) {}

  /** Opens a page; it may ask only for what lies below its own URL. */
  static async open(browser: Browser, url: string, screen: Screen): Promise<Tab> {
    const { width, colorScheme } = screen;
    // Without its policy, as axe is a script.
    const options = { viewport: { width, height: 800 }, colorScheme, bypassCSP: true };
    const page = await (await browser.newContext(options)).newPage();
    const tab = new Tab(page, screen);
    page.on("console", (message) => tab.said.push(message.text()));
    page.on("pageerror", (fault) => tab.said.push(fault.message));
    await page.route("**/*", async (route) => {
      const wanted = route.request().url();
      if (wanted.startsWith(url)) return route.continue();
      tab.asked.push(wanted);
      return route.abort();
    });
    await page.goto(url);
    return tab;
  }

  /** Names of the charts that one sees, each with a mark. */
  async charts(): Promise<string[]> {
    return this.page.evaluate(() =>
      [...document.querySelectorAll("svg")]
        .filter((svg) => svg.getBoundingClientRect().height > 20)
        .map((svg) => `${svg.querySelector("path") ? "" : "EMPTY "}${svg.ariaLabel ?? ""}`),
    );
  }

  /** Texts that need more room than there is: that of the whole page, or of a number at its top. */
  async tooWide(): Promise<string[]> {
    return this.page.evaluate(() =>
      [document.documentElement, ...document.querySelectorAll(".tiles b")]
        .filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth)
        .map(({ tagName, textContent }) => `${tagName}: ${textContent.slice(0, 40)}`),
    );
  }

  /** Findings of axe-core. */
  async findings(): Promise<string[]> {
    await this.page.addScriptTag({ path: AXE });
    const found = await this.page.evaluate<
      { id: string; impact: string; nodes: { html: string }[] }[]
    >("axe.run().then(({ violations }) => violations)");
    return found.map(({ id, impact, nodes }) => `${impact} ${id}: ${nodes[0]?.html ?? ""}`);
  }

  /** Writes a picture into the folder that `KUBEFLOWER_PICTURES` names, if it does. */
  async picture(name: string): Promise<void> {
    const folder = process.env.KUBEFLOWER_PICTURES;
    if (folder === undefined) return;
    await this.page.screenshot({
      path: join(folder, `${name}-${this.screen.name}.png`),
      fullPage: true,
    });
  }

  async close(): Promise<void> {
    await this.page.context().close();
  }
}
