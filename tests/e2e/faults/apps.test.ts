import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { sharedCheckout } from "../support/sharedCheckout.ts";
import { Federation } from "./support/federation.ts";

const MINUTE = 60_000;
const CASE = { timeout: 10 * MINUTE };
let federation: Federation;
let calm: string;

beforeAll(async () => {
  federation = new Federation(await sharedCheckout("faults-apps"), { pause: 1 });
  calm = await federation.calm();
}, 45 * MINUTE);

afterAll(() => federation.checkout.remove(), 5 * MINUTE);

describe("an app in a process of its own", () => {
  let pods: string;

  beforeAll(async () => {
    pods = await federation.checkout.uids("flower-client");
  });

  test("may fork workers that SIGTERM ends, in each of ten rounds", CASE, async () => {
    const run = await federation.begin({ pause: 0, trouble: "pool" }, { rounds: 10 });
    expect(await run.up.ended, run.up.said).toBe(0);
  });

  test.each(["workers", "shm"])("may do as it likes: %s", CASE, async (trouble) => {
    const run = await federation.begin({ pause: 0, trouble });
    await run.completes(calm);
  });

  test.each([
    ["exit", "client 1: the app ended with sys.exit(3)"],
    ["quit", "client 1: its app ended its process with exit code 3; its last line: trains round 1"],
    [
      "hang",
      "client 1 did not answer within 5 s (roundTimeout); its last line: waits for the data",
    ],
    ["hog-in-worker", "client 1 was killed as it needs more memory than its limit 256Mi"],
    ["hog-in-pool", "client 1 was killed as it needs more memory than its limit 256Mi"],
  ])("fails the run by what it did and said: %s", CASE, async (trouble, reason) => {
    const one = { pause: 0, trouble, "trouble-partition": 1 };
    const run = await federation.begin(one, { roundTimeout: 5 });
    await run.fails(`round 1: 3 of 3 replies are needed: ${reason}`);
  });

  test("never harms a later run on the very same pods", CASE, async () => {
    const run = await federation.begin({ pause: 0 });
    await run.completes(calm);
    expect(Date.now() - run.began).toBeLessThan(2 * MINUTE);
    expect(await federation.checkout.uids("flower-client")).toBe(pods);
    const restarts = "jsonpath={.items[*].status.containerStatuses[*].restartCount}";
    expect(
      await federation.checkout.kubectl("get", "pods", "-l", "app=flower-client", "-o", restarts),
    ).toBe("0 0 0");
  });
});

test.each([
  ["raises", "raise", "round 1: 3 of 3 replies are needed: client 1: RuntimeError: no data here"],
  ["answers NaN", "nan", "round 1: the model has NaN or infinite numbers; replies with such: 1"],
  [
    "answers another shape",
    "shape",
    "round 1: client 1 answered with arrays of other shapes than the first: ",
  ],
])("a client that %s fails the run, which says so", CASE, async (_, how, reason) => {
  const run = await federation.begin({ "fail-partition": 1, "fail-how": how });
  await run.fails(`run ${run.id} failed after 0 of 3 rounds: ${reason}`);
});
