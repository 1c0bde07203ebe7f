import { expect, test } from "vitest";

import { cause, foremost } from "../../../cli/diagnosis/cause.ts";

test("a state is told of after 3 seconds, and lasts after its patience", () => {
  expect(cause("it is so", 2.9, 60)).toBeNull();
  expect(cause("it is so", 3, 60)).toEqual({ text: "it is so", lasts: false });
  expect(cause("it is so", 60, 60)).toEqual({ text: "it is so", lasts: true });
});

test("a cause that lasts comes before those that may pass, else the first comes", () => {
  const [one, two, three] = [
    { text: "one", lasts: false },
    { text: "two", lasts: false },
    { text: "three", lasts: true },
  ];
  expect(foremost([null, one, two])).toBe(one);
  expect(foremost([one, null, three])).toBe(three);
  expect(foremost([null])).toBeNull();
});
