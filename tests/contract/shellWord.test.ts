import { execFileSync } from "node:child_process";

import { expect, test } from "vitest";

import { shellWord } from "../../contract/shellWord.ts";

test.each([
  ["kind-lab", "kind-lab"],
  ["arn:aws:eks:eu-west-1:1234:cluster/lab", "arn:aws:eks:eu-west-1:1234:cluster/lab"],
  ["me@lab", "me@lab"],
  ["my lab", "'my lab'"],
  ["it's; $HOME", "'it'\\''s; $HOME'"],
  ["", "''"],
])("%j is one word of a shell", (text, word) => {
  expect(shellWord(text)).toBe(word);
  expect(execFileSync("sh", ["-c", `printf %s ${word}`], { encoding: "utf8" })).toBe(text);
});
