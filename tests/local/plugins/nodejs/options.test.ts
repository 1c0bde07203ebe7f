import { expect, test } from "vitest";

import { parseOptions, splitWords } from "../../../../local/plugins/nodejs/options.ts";

test("without options a program is TypeScript and npm installs its packages", () => {
  expect(parseOptions({})).toEqual({
    typescript: true,
    tsconfig: undefined,
    nodeargs: [],
    packagemanager: "auto",
  });
});

test("Node.js arguments are split as a shell splits them", () => {
  expect(splitWords(`--import tsx  --title='a b' "c \\" d" e\\ f ''`)).toEqual([
    "--import",
    "tsx",
    "--title=a b",
    'c " d',
    "e f",
    "",
  ]);
  expect(() => splitWords("--title='a")).toThrow(
    "the quote ' in nodeargs (--title='a) is not closed",
  );
});

test.each([
  [{ typescript: "yes" }, "typescript option must be a boolean"],
  [{ nodeargs: ["--import"] }, "nodeargs option must be a string"],
  [{ tsconfig: 1 }, "tsconfig option must be a string"],
  [{ packagemanager: true }, "packagemanager option must be a string"],
])("%j is refused", (options, message) => {
  expect(() => parseOptions(options)).toThrow(message);
});
