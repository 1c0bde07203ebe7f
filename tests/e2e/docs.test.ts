import { symlinkSync, mkdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { delimiter, join } from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import type { Checkout } from "../../dev/checkout.ts";
import { blocksOf, DOCS_TEST, runBy } from "../support/docCommands.ts";
import { KeptStack } from "./kept/support/keptStack.ts";
import { TinyRun } from "./support/tinyRun.ts";

const MINUTE = 60_000;
/** Pages with commands that this test types, in the order of a reader. */
const PAGES = ["README.md", "docs/first-run.md"];
/** Seconds that client 1 lets each round wait, with the client 0 ready at once. */
const SLOW = 1;
let checkout: Checkout;
/** Ids by their role: two that are completed, one that failed, one that goes on. */
let ids: { first: string; best: string; failed: string; live: string };

beforeAll(async () => {
  const kept = await KeptStack.make("docs");
  checkout = kept.checkout;
  mkdirSync(join(checkout.folder, "bin"));
  symlinkSync(
    join(checkout.sources, "cli/kubeflower.mjs"),
    join(checkout.folder, "bin/kubeflower"),
  );
  checkout.env.PATH = [join(checkout.folder, "bin"), checkout.env.PATH].join(delimiter);
  const run = async (rounds: string, code: number): Promise<string> => {
    await checkout.set({ rounds });
    expect((await kept.up()).code).toBe(code);
    return (await checkout.result()).id;
  };
  await checkout.set({ clients: "2" });
  const best = await run("2", 0);
  await kept.setRunConfig("fail-round", "1");
  const failed = await run("1", 1);
  await checkout.set({ wait: "false", runConfig: '{"hold":"3","gate":"/tmp"}' });
  const live = await run("5", 0);
  ids = { first: kept.first.id, best, failed, live };
  await Promise.all([answer(0, 0), answer(1, SLOW)]);
  await new TinyRun(checkout, live).holds(3);
}, 45 * MINUTE);

afterAll(() => checkout.remove(), 5 * MINUTE);

/** Lets a client answer in each round, so many seconds after it was asked. */
async function answer(client: number, seconds: number): Promise<void> {
  const round = `until [ -e "$n-${client}" ]; do sleep 0.05; done; sleep ${seconds}; touch "$n"`;
  const rounds = `cd /tmp && for n in 1 2 3; do ${round}; done`;
  await checkout.kubectl("exec", `flower-client-${client}`, "--", "sh", "-c", rounds);
}

/** Types commands of a page, with ids in place of RUN and OTHER. */
function type(...commands: string[]): Promise<string> {
  return checkout.type(commands, { RUN: ids.best, OTHER: ids.first });
}

/** The right answers to a stranger's questions, which the test knows by what it has made. */
const ANSWERS: Readonly<Record<string, () => (string | RegExp)[]>> = {
  "Is it still going?": () => [`run           ${ids.live}\nstate         running\n`],
  "How much longer?": () => [/^round +3 of 5, for .+, about [1-9]\d* s left$/m],
  "Which client is slow?": () => [/^slowest +client 1, (?!0)\d+\.\d s a round; median of all /m],
  "Which run is best?": () => [`\nbest: ${ids.best}, by its accuracy\n`],
  "Why did it fail?": () => [new RegExp(`^${ids.failed}: .*the test set is gone`, "m")],
  "What changed between two runs?": () => [
    new RegExp(`^A.* ${ids.best} `, "m"),
    new RegExp(`^B.* ${ids.first} `, "m"),
    /^clients +2 +1$/m,
    /^rounds +2 +1$/m,
  ],
  "Where is the model?": () => [`\nmodel results/${ids.best}/model.safetensors  sha256 `],
  "Is this still what was trained?": () => [/: all \d+ files are as they were fetched/],
  "How do I run it again?": () => ["pulumi config set rounds 2\n", "\npulumi up\n"],
  "What happened, and when?": () => [/ {2}run {2}started {2}/, / {2}run {2}round {2}.*\n$/],
  "What did client 1 print?": () => [`client 1: run ${ids.live}\n`],
  "Is all well here?": () => [/^ok +docker/m],
};

test("each of a stranger's questions is answered by its one command", async () => {
  const page = await readFile("docs/questions.md", "utf8");
  const table = blocksOf(page).find((block) => runBy(DOCS_TEST, block).length > 0);
  const rows = (table?.rows ?? []).map(([question = "", command = ""]) => ({
    question: question.trim(),
    command: command.trim().replaceAll("`", ""),
  }));
  expect(rows.map(({ question }) => question)).toEqual(Object.keys(ANSWERS));
  const said = new Map<string, string>();
  for (const { question, command } of rows) {
    const text = said.get(command) ?? (await type(command));
    said.set(command, text);
    for (const part of ANSWERS[question]?.() ?? []) expect(text, question).toMatch(part);
  }
});

test.each(PAGES)("the commands of %s do what they are there for", async (page) => {
  const blocks = blocksOf(await readFile(page, "utf8"));
  const typed = blocks.map((block) => runBy(DOCS_TEST, block));
  expect(typed.flat()).not.toEqual([]);
  for (const commands of typed) await type(...commands);
});
