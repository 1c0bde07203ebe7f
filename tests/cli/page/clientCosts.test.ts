import { expect, test } from "vitest";

import { clientCosts } from "../../../cli/page/clientCosts.ts";
import { EXAMPLE } from "./support/exampleRound.ts";

test("each client's messages, seconds, memory and bytes are added up", () => {
  const [first, second] = clientCosts([EXAMPLE, { ...EXAMPLE, round: 2 }]);
  expect(first).toEqual({
    partition: 0,
    asked: 2,
    answered: 2,
    work: { train: 3 },
    transfer: expect.closeTo(0.388, 6) as number,
    cpu: 11.62,
    memory: 391_000_000,
    received: 356_824,
    sent: 357_004,
  });
  expect(second).toEqual({
    partition: 1,
    asked: 2,
    answered: 0,
    work: {},
    transfer: null,
    cpu: 0,
    memory: null,
    received: 356_824,
    sent: 192,
  });
});
