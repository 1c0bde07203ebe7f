import { expect, test } from "vitest";

import { page } from "../../../cli/page/page.ts";
import { older } from "./support/exampleRound.ts";
import { exampleRun, SHA256 } from "./support/exampleRuns.ts";

/** Names of the charts of a page that one sees on a wide screen, without their words on tables. */
function charts(text: string): string[] {
  const names = [...text.matchAll(/<svg[^>]* aria-label="([^"]*); the table/g)];
  return [...new Set(names.map(([, name = ""]) => name.replace(/, at last .*/, "")))];
}

/** Text of a page as it is read, without its charts. */
function words(text: string): string {
  const body = text.slice(text.indexOf("<main>")).replace(/<svg[^]*?<\/svg>/g, "");
  return body.replace(/<[^>]*>/g, " ").replace(/\s+/g, " ");
}

test("a page shows state, metrics, times, data, failures, events and settings", async () => {
  const text = await page(exampleRun());
  expect(charts(text)).toEqual([
    ...["accuracy", "loss", "f1", "train_loss"].map((name) => `${name} by round`),
    "Timeline of 2 clients in rounds 1 to 5",
    "Number of examples of 10 labels at 2 clients",
  ]);
  const said = words(text);
  for (const part of [
    "completed Run dec44c305616 app/vision · started 2026-11-25 12:00:00 UTC",
    "Accuracy 0.8547 best 0.8547 in round 5",
    "Client 1 is the slowest: it trains for 2.79 s, the median of the others is 1.40 s.",
    "All clients together: 52.2 s of CPU, 3.6 MB received, 1.8 MB sent; the largest had 376.4 MB",
    "No client has failed in a finished round.",
    "completed completed after 5 rounds",
    `sha256 of model.safetensors: ${SHA256}`,
    "pulumi config set rounds 5",
    "flwr 1.42.0",
  ]) {
    expect(said).toContain(part);
  }
  expect(text).toContain("<title>client 1, round 1, train: worked 3.");
});

test("a page loads nothing and runs no script", async () => {
  const text = await page(exampleRun());
  expect(text).not.toMatch(/<script|<link|<img|<iframe|\b(src|href|xlink)[^ ]*=|url\(|@import/);
  expect(text).toContain(`content="default-src &#39;none&#39;; style-src &#39;unsafe-inline&#39;"`);
});

test("a run of one round, and one of an app without accuracy, have their charts", async () => {
  expect(charts(await page(exampleRun({ rounds: 1 })))).toContain(
    "Timeline of 2 clients in round 1",
  );
  const text = await page(exampleRun({ accuracy: false }));
  expect(charts(text).slice(0, 2)).toEqual(["perplexity by round", "train_loss by round"]);
  expect(words(text)).not.toMatch(/accuracy/i);
});

test("a failed run says why, and which client did not answer", async () => {
  const text = await page(exampleRun({ clients: 4, lost: 1, state: "failed" }));
  expect(charts(text)).toContain(
    "Timeline of 4 clients in rounds 1 to 6, the last of which failed",
  );
  expect(text).toContain(">6: failed</text>");
  expect(text).toContain("<title>client 3, round 6, train: failed after 875 ms</title>");
  const said = words(text);
  expect(said).toContain("6 3 ValueError: &lt;no data&gt;");
  expect(said).toContain("round 6: client 1: ValueError: &lt;no data&gt;");
  expect(said).toContain("Rounds 5 of 10");
  expect(said).toContain("2 1 its stream broke; exit code 3");
  expect(said).toContain("Model none");
});

test("a run that was stopped has a model, and no result", async () => {
  const run = exampleRun();
  const reason = "round 5: it was stopped by `kubeflower stop`";
  const said = words(await page({ ...run, result: null, state: "interrupted", reason }));
  expect(said).toContain("interrupted Run dec44c305616");
  expect(said).toContain("Model 21230562 sha256, 178.4 kB");
  expect(said).toContain(`sha256 of model.safetensors: ${SHA256}`);
});

test("a run of an older version, and one that has not begun, say what is not known", async () => {
  const run = exampleRun();
  const nothing = { record: null, partitions: {}, events: [], files: [] };
  const rounds = run.rounds.map(older);
  const old = words(await page({ ...run, ...nothing, rounds }));
  for (const part of [
    "The run does not have the times of its clients: an older version made it.",
    "The app records nothing of its clients&#39; data.",
    "The run has no events",
    "The run has no record of its settings",
  ]) {
    expect(old.replaceAll("'", "&#39;")).toContain(part);
  }
  const empty = words(
    await page({ ...run, ...nothing, rounds: [], result: null, state: "waiting" }),
  );
  expect(empty).toContain("Metrics No round is finished yet.");
});

test("what apps and clients write is text, wherever it stands", async () => {
  const evil = `"><img src=x onerror=alert(1)>'`;
  const run = exampleRun({ rounds: 1 });
  const [round] = run.rounds;
  if (round === undefined) throw new Error("no round");
  const text = await page({
    ...run,
    run: evil,
    reason: evil,
    rounds: [
      {
        ...round,
        server: { [evil]: 1 },
        clients: { [evil]: 2 },
        failures: [{ partition: 0, reason: evil }],
        phases: (round.phases ?? []).map((phase) => ({ ...phase, phase: evil })),
      },
    ],
    partitions: { 0: { [evil]: [1, 2], name: evil } },
    events: [{ time: evil, kind: evil, text: evil }],
    files: [{ path: evil, bytes: 1, sha256: evil }],
  });
  expect(text).not.toContain("<img");
  for (const [, inside = ""] of text.matchAll(/<[a-z]+((?: [^<>]*)?)>/g)) {
    expect(inside).not.toMatch(/onerror(?!=alert\(1\)&gt;)/);
  }
});

test("numbers that JSON cannot write are counted, and lists are left out", async () => {
  const run = exampleRun({ rounds: 2 });
  const rounds = run.rounds.map((round) => ({
    ...round,
    loss: "NaN" as const,
    server: { loss: "NaN", lists: [1, 2] },
    clients: { loss: "Infinity" as const },
  }));
  const said = words(await page({ ...run, rounds }));
  expect(said).toContain("No value of loss is a finite number.");
  expect(said).toContain("2 4.12 s 2 0 0.6278 nan inf");
});

test("the page of a large run has at most 2 MB", { timeout: 60_000 }, async () => {
  for (const like of [
    { clients: 1000, rounds: 3 },
    { clients: 100 },
    { clients: 12, rounds: 1000 },
  ]) {
    expect((await page(exampleRun(like))).length).toBeLessThan(2e6);
  }
});
