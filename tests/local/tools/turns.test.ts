import { expect, test } from "vitest";

import { Turns } from "../../../local/tools/turns.ts";

test("a piece of work starts when the one before it has ended", async () => {
  const turns = new Turns();
  const events: string[] = [];
  const work = (name: string) => async (): Promise<void> => {
    events.push(`${name} starts`);
    await Promise.resolve();
    events.push(`${name} ends`);
  };
  await Promise.all([turns.take(work("a")), turns.take(work("b"))]);
  expect(events).toEqual(["a starts", "a ends", "b starts", "b ends"]);
});

test("a piece of work that releases its turn goes on beside the next one", async () => {
  const turns = new Turns();
  let secondRan = (): void => undefined;
  const second = new Promise<void>((resolve) => {
    secondRan = resolve;
  });
  const first = turns.take(async (release) => {
    release();
    await second;
    return "first";
  });
  await turns.take(() => {
    secondRan();
    return Promise.resolve();
  });
  expect(await first).toBe("first");
});

test("the turn goes on after a piece of work that failed", async () => {
  const turns = new Turns();
  const failed = turns.take(() => Promise.reject(new Error("no compiler")));
  const next = turns.take(() => Promise.resolve("next"));
  await expect(failed).rejects.toThrow("no compiler");
  expect(await next).toBe("next");
});
