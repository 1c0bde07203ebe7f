import http from "node:http";

import { afterEach, expect, test } from "vitest";

import { LivePage } from "../../../cli/page/livePage.ts";
import { exampleRun } from "./support/exampleRuns.ts";

const open: LivePage[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((live) => live.close()));
});

async function serving(
  read = () => Promise.resolve(exampleRun({ rounds: 1 })),
): Promise<[LivePage, string]> {
  const live = new LivePage(read);
  open.push(live);
  return [live, await live.listen()];
}

test("the page is served on loopback, and its content only when it has changed", async () => {
  const [, url] = await serving();
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
  // As a program: a page that is open delays the end.
  const main = await fetch(`${url}main`);
  expect(await main.text()).toContain("Timeline of 2 clients in round 1");
  const etag = main.headers.get("etag") ?? "";
  expect((await fetch(`${url}main`, { headers: { "if-none-match": etag } })).status).toBe(304);
  expect((await fetch(`${url}other`)).status).toBe(404);
});

test("a request by another name of this machine is refused", async () => {
  const [, url] = await serving();
  const code = await new Promise((resolve) => {
    http.get(url, { headers: { host: "evil.example" } }, ({ statusCode }) => {
      resolve(statusCode);
    });
  });
  expect(code).toBe(403);
});

test("a run that cannot be read is an error with its words", async () => {
  const [, url] = await serving(() => Promise.reject(new Error("no pod runs")));
  const answer = await fetch(`${url}main`);
  expect([answer.status, await answer.text()]).toEqual([503, "no pod runs\n"]);
});

test("an open page gets the end of the run before the server ends", async () => {
  let state = "running";
  const [live, url] = await serving(() => Promise.resolve({ ...exampleRun({ rounds: 1 }), state }));
  expect(await (await fetch(url)).text()).toContain(`<p class="state running">`);
  state = "completed";
  const closed = live.close();
  const last = await fetch(`${url}main`);
  expect(last.headers.get("x-ended")).toBe("The run has ended. This page stays as it is.");
  expect(await last.text()).toContain(`<p class="state completed">`);
  await closed;
  await expect(fetch(url)).rejects.toThrow();
});
