import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";

import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";

import { FakeCluster } from "../support/fakeCluster.ts";
import { RecordedServer } from "./support/recordedServer.ts";
import { launch, SCREENS, Tab } from "./support/tab.ts";

const PLACE = ["--context", "lab", "--namespace", "kubeflower"];
const server = new RecordedServer();
let folder: string;
let cluster: FakeCluster;
let browser: Browser;
let program: ChildProcess | undefined;
/** Exit code of the program. */
let ended: Promise<number | null>;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "live-"));
  cluster = await FakeCluster.start(folder);
  cluster.run();
  cluster.page = server.page;
  browser = await launch();
});

afterAll(async () => {
  program?.kill("SIGKILL");
  await browser.close();
  cluster.close();
  rmSync(folder, { recursive: true });
});

/** Starts `kubeflower report --live`; returns its URL. */
async function live(): Promise<string> {
  const args = [resolve("cli/kubeflower.mjs"), "report", "--live", "--out", "end.html", ...PLACE];
  const env = { ...process.env, KUBECONFIG: join(folder, "config") };
  program = spawn(process.execPath, args, {
    cwd: folder,
    env,
    stdio: ["ignore", "inherit", "pipe"],
  });
  ended = new Promise((done) => program?.once("exit", done));
  if (program.stderr === null) throw new Error("it has no standard error");
  for await (const line of createInterface(program.stderr)) {
    const [url] = /^http:\S+/.exec(line) ?? [];
    if (url !== undefined) return url;
  }
  throw new Error("it has printed no URL");
}

test("a live page follows a real run's rounds to the end, and keeps what is open", async () => {
  const tab = await Tab.open(browser, await live(), SCREENS[0]);
  const { page } = tab;
  await page.waitForSelector("text=No round is finished yet.");
  for (server.finished = 1; server.finished < 5; server.finished += 1) {
    const rows = (count: number): boolean =>
      document.querySelectorAll("#rounds tbody tr").length === count;
    await page.waitForFunction(rows, server.finished);
    if (server.finished === 1) await page.click("#rounds summary");
    expect(await page.getAttribute("#rounds", "open")).toBe("");
    expect(await tab.tooWide()).toEqual([]);
    expect(await page.innerText("header")).toContain(`Rounds\n${server.finished}\nof 5`);
  }
  await tab.picture("live");
  server.isCompleted = true;
  await page.waitForSelector(".state.completed");
  expect(await page.locator("#rounds tbody tr").count()).toBe(5);
  expect(await tab.charts()).toHaveLength(5);
  expect(await page.innerText("header")).toContain("0.8385");
  expect(await tab.findings()).toEqual([]);
  // A console message would also tell of a request that its policy forbids.
  expect([tab.said, tab.asked]).toEqual([[], []]);
  expect(await ended).toBe(0);
});
