import { expect, test } from "vitest";

import { LivePage } from "../../../cli/page/livePage.ts";
import { serve } from "../../../cli/page/serve.ts";
import { exampleRun } from "./support/exampleRuns.ts";

function livePage(): LivePage {
  return new LivePage(() => Promise.resolve(exampleRun({ rounds: 1 })));
}

/** URL in what is printed. */
function urlOf(line: string): string {
  return line.slice(0, line.indexOf(" "));
}

test("a page is served as long as its run goes on, also while its server does not answer", async () => {
  const answers: (boolean | Error)[] = [true, new Error("no pod runs"), true, false];
  const printed: string[] = [];
  await serve(livePage(), {
    goesOn: async () => {
      const answer = answers.shift();
      if (answer instanceof Error) throw answer;
      expect((await fetch(`${urlOf(printed[0] ?? "")}main`)).status).toBe(200);
      return answer === true;
    },
    stopped: new Promise(() => undefined),
    print: (line) => printed.push(line),
    every: 1,
  });
  expect(answers).toEqual([]);
  expect(printed).toEqual([
    expect.stringMatching(
      /^http:\/\/127\.0\.0\.1:\d+\/ shows the run while it goes on; Ctrl-C ends this$/,
    ),
  ]);
  await expect(fetch(urlOf(printed[0] ?? ""))).rejects.toThrow();
});

test("Ctrl-C ends the page, and says that the run goes on", async () => {
  const live = livePage();
  const serving = {
    goesOn: () => Promise.resolve(true),
    stopped: Promise.resolve(),
    print: () => undefined,
  };
  await expect(serve(live, serving)).rejects.toThrow(
    "the page is not served any longer — the run goes on; the same command shows it again",
  );
  await live.close();
});
