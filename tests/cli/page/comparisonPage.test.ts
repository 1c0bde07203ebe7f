import { expect, test } from "vitest";

import { comparisonPage } from "../../../cli/page/comparisonPage.ts";
import { exampleComparison } from "./support/exampleComparison.ts";

/** Text of a page as it is read, without its charts. */
function words(text: string): string {
  const body = text.slice(text.indexOf("<main>")).replace(/<svg[^]*?<\/svg>/g, "");
  return body.replace(/<[^>]*>/g, " ").replace(/\s+/g, " ");
}

test("a page shows metrics, cost, and what differs in settings, data and files", async () => {
  const text = await comparisonPage(
    exampleComparison([{ seed: 1 }, { seed: 2 }, { seed: 3, rate: 0.1, clients: 3 }]),
  );
  const charts = [...text.matchAll(/<svg[^>]* aria-label="([^"]*) by round of 3 runs; the table/g)];
  expect(charts.map(([, name]) => name)).toEqual([
    ...[
      "accuracy",
      "clients&#39; accuracy",
      "loss",
      "clients&#39; loss",
      "f1",
      "seconds of a round",
    ],
  ]);
  const said = words(text);
  for (const part of [
    "3 runs compared Equal in all settings but the seed: A, B. Model: different. letter run state",
    "A 1eefc305616f, B 3ddfc305616f: clients 2, replicas 2, learning-rate 0.02",
    "C 5ccfc305616f: clients 3, replicas 3, learning-rate 0.1",
    "round A B C mean of A, B 1 0.4",
    "Mean of A, B: time 24.4 ± 0.0 s, CPU 52.2 ± 0.0 s.",
    "Settings setting A B C clients 2 2 3 replicas 2 2 3 seed 1 2 3",
    "Data client A B C 2 - - {&quot;count&quot;:149,",
    "Files file A B C model.safetensors 4b9000000000…",
    "Mean ± sample standard deviation (n - 1)",
  ]) {
    expect(said).toContain(part);
  }
  // Where the deviation is, and the values themselves.
  expect(text).toMatch(/<title>mean of A, B, round 5: 0\.8\d+ ± 0\.0\d+<\/title>/);
  expect(text).toContain("<title>C, round 5: ");
});

test("runs without rounds, and without a difference, say so", async () => {
  const { runs, ...rest } = exampleComparison([{ seed: 1 }, { seed: 1 }]);
  const said = words(await comparisonPage({ ...rest, series: [], runs }));
  expect(said).toContain("No round is finished yet.");
  expect(said).toContain("Settings No difference. Data No difference. Files No difference.");
});

test("the page of many large runs has at most 2 MB", { timeout: 60_000 }, async () => {
  const seeds = Array.from({ length: 24 }, (_, at) => at + 1);
  const others = seeds.map((seed) => ({ rounds: 300, seed, rate: 0.01 * (seed % 12) }));
  const comparison = exampleComparison(others);
  const series = comparison.series.flatMap((one) =>
    Array.from({ length: 6 }, (_, at) => ({ ...one, name: `${one.name} ${at}` })),
  );
  const partitions = Array.from({ length: 1000 }, (_, at) => ({
    key: String(at),
    values: seeds.map(() => "x".repeat(500)),
  }));
  const text = await comparisonPage({ ...comparison, series, partitions });
  expect(text.length).toBeLessThan(2e6);
});
