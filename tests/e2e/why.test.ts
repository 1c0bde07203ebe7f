import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { availableParallelism, loadavg } from "node:os";

import { afterAll, beforeAll, expect, test } from "vitest";

import { CLUSTER_FAULTS } from "./why/clusterFaults.ts";
import type { Fault } from "./why/faults.ts";
import { faultsPage, median, type Row } from "./why/faultsPage.ts";
import { Lanes } from "./why/lanes.ts";
import { commandIn } from "./why/remedy.ts";
import { UP_FAULTS } from "./why/upFaults.ts";
import type { Met, WhyStack } from "./why/whyStack.ts";

const MINUTE = 60_000;
/** Stacks that have faults side by side. */
const LANES = 3;
/** Seconds within which the cause of any fault is on the screen. */
const WORST = 30;
/** Seconds within which half of the causes are. */
const HALF = 10;
/** File to write the table of faults to; undefined: none is written. */
const PAGE = process.env.KUBEFLOWER_FAULTS;
const FAULTS = [...UP_FAULTS, ...CLUSTER_FAULTS];
const lanes = new Lanes();
const rows: Row[] = [];

beforeAll(() => lanes.open("why", LANES), 45 * MINUTE);

afterAll(() => lanes.close(), 5 * MINUTE);

/** Writes the table with the faults that were met so far. */
function writePage(): void {
  if (PAGE === undefined) return;
  const load = `${(loadavg()[1] ?? 0).toFixed(1)} on ${String(availableParallelism())} cores`;
  const before = existsSync(PAGE) ? readFileSync(PAGE, "utf8") : "";
  const names = FAULTS.map(({ name }) => name);
  writeFileSync(PAGE, faultsPage(before, names, rows, load));
}

/** Seeds a fault, and reads what is shown of it. */
async function meet(fault: Fault, stack: WhyStack): Promise<Met> {
  await fault.prepare?.(stack);
  const began = Date.now();
  await fault.seed(stack);
  if (fault.by === "pulumi up") return stack.upMeets(fault);
  const verb = fault.by.replace("kubeflower ", "");
  return stack.meets(`node cli/kubeflower.mjs ${verb}`, fault.sentence, began);
}

/** Does what the sentence says, and expects all to be well then; returns what was typed. */
async function mend(fault: Fault, sentence: string, stack: WhyStack): Promise<string> {
  const command = commandIn(sentence, fault.values?.(stack));
  const looks = /^kubectl .*\b(get|describe|logs)\b/.test(command);
  if (looks) await stack.typeRemedy(command);
  await fault.byHand?.(stack);
  if (command !== "" && !looks) await stack.typeRemedy(command);
  const isByUp = fault.by === "pulumi up";
  const isSetting = command.startsWith("pulumi config");
  if (fault.by !== "kubeflower doctor" && (isSetting || (isByUp && command === ""))) {
    await stack.up();
  }
  if (isByUp) await stack.isCompleted();
  await stack.isWell();
  await fault.after?.(stack);
  return command;
}

test.concurrent.each(FAULTS)(
  "$name is told by $by within 30 s, and the remedy that it tells mends it",
  { timeout: 20 * MINUTE },
  async (fault) => {
    await lanes.use(async (stack) => {
      const { sentence, seconds, wrong } = await meet(fault, stack);
      console.log(`${fault.name}: ${seconds.toFixed(1)} s: ${sentence}`);
      expect(wrong, wrong.join("\n")).toEqual([]);
      expect(seconds).toBeLessThan(WORST);
      const typed = await mend(fault, sentence, stack);
      const hand = fault.byHand === undefined ? [] : ["by hand"];
      const steps = [...hand, ...(typed === "" ? [] : [`\`${typed}\``])].join(", and ");
      rows.push({ fault: fault.name, by: fault.by, sentence, typed: steps, seconds });
      writePage();
    });
  },
);

test("half of the faults are told within 10 s", () => {
  expect(rows.map(({ fault }) => fault).sort()).toEqual(FAULTS.map(({ name }) => name).sort());
  expect(median(rows.map(({ seconds }) => seconds))).toBeLessThanOrEqual(HALF);
});
