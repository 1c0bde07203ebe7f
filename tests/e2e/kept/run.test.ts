import { afterAll, beforeAll } from "vitest";

import { RUN } from "./support/changes.ts";
import { KeptStack } from "./support/keptStack.ts";
import { walk } from "./support/walk.ts";

const MINUTE = 60_000;
let kept: KeptStack;

beforeAll(async () => {
  kept = await KeptStack.make("kept-run");
}, 45 * MINUTE);

afterAll(() => kept.checkout.remove(), 5 * MINUTE);

walk(RUN, () => kept);
