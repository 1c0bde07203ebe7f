import { afterAll, beforeAll } from "vitest";

import { PLACE } from "./support/changes.ts";
import { KeptStack } from "./support/keptStack.ts";
import { walk } from "./support/walk.ts";

const MINUTE = 60_000;
let kept: KeptStack;

beforeAll(async () => {
  kept = await KeptStack.make("kept-place");
  const names = `--cluster=${kept.checkout.context} --user=${kept.checkout.context}`;
  await kept.checkout.type([`kubectl config set-context renamed ${names}`]);
}, 45 * MINUTE);

afterAll(() => kept.checkout.remove(), 5 * MINUTE);

walk(PLACE, () => kept);
