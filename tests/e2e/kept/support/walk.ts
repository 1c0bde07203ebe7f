import { describe, expect, test } from "vitest";

import type { Change } from "./changes.ts";
import { reason, type KeptStack } from "./keptStack.ts";

const CASE = { timeout: 10 * 60_000 };

/**
 * Defines a test for each change, which is made on a stack that has run and then taken back, and a
 * last test without any change. `kept` returns the stack when the tests run.
 */
export function walk(changes: readonly Change[], kept: () => KeptStack): void {
  describe("a change of each setting on a stack that has run keeps the model, or is refused", () => {
    const rows = changes.map((change) => [`${change.key} ${change.value}`, change] as const);
    test.each(rows)("%s", CASE, (_, change) => tryChange(kept(), change));

    test(
      "with all of them taken back the stack has its first run again, and trains nothing",
      CASE,
      async () => {
        const { first, checkout } = kept();
        const { code, said } = await kept().up();
        expect(code, said).toBe(0);
        expect(await checkout.result()).toMatchObject({ id: first.id, state: "completed" });
        expect(await kept().digest()).toBe(first.sha256);
      },
    );
  });
}

async function tryChange(stack: KeptStack, change: Change): Promise<void> {
  const before = await stack.readFile();
  const { key, also = {}, refused } = change;
  const value = await valueOf(change, stack);
  try {
    await stack.writeFile({ ...also, [key]: value }, before);
    const { code, said } = await stack.up();
    process.stdout.write(`walk: ${key} ${value}: exit ${String(code)}, ${reason(said)}\n`);
    expect(await stack.digest()).toBe(stack.first.sha256);
    expect(code, said).toBe(refused === undefined ? 0 : 1);
    if (refused === undefined) await shows(stack, change);
    else expect(reason(said)).toMatch(refused);
  } finally {
    await stack.writeFile({}, before);
  }
}

function valueOf({ value }: Change, stack: KeptStack): Promise<string> {
  if (value === "IMAGE") return stack.image();
  return value === "KEYS" ? stack.keys() : Promise.resolve(value);
}

/** Expects the outputs of a successful update to fit the change and the cluster. */
async function shows(stack: KeptStack, { another, key }: Change): Promise<void> {
  const { id, state, rounds, modelSha256 } = await stack.checkout.result();
  if (state === "completed") {
    expect(rounds).toBeGreaterThan(0);
    expect(modelSha256).toMatch(/^[0-9a-f]{64}$/);
  }
  if (another === true) expect(id).not.toBe(stack.first.id);
  else expect(id).toBe(stack.first.id);
  expect(key === "wait" ? ["running", "completed"] : ["completed"]).toContain(state);
  const ready = "jsonpath={.status.availableReplicas}";
  expect(await stack.checkout.kubectl("get", "deploy/flower-server", "-o", ready)).toBe("1");
}
