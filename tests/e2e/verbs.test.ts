import { existsSync } from "node:fs";
import { join } from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import type { Checkout } from "../../dev/checkout.ts";
import { misfits } from "../cli/support/schema.ts";
import { Up } from "./faults/support/up.ts";
import { sharedCheckout } from "./support/sharedCheckout.ts";
import { TinyRun } from "./support/tinyRun.ts";
import { until } from "./support/until.ts";

const MINUTE = 60_000;
const CASE = { timeout: 10 * MINUTE };

/** Exit code of a verb, and words that it prints; after 1 for a failed run alone comes a document. */
type Expected = readonly [code: number, words: RegExp];

let checkout: Checkout;
/** The completed run. */
let first = "";
/** The update whose run waits, goes on, and fails. */
let up: Up;
/** The run of that update. */
let second: TinyRun;

beforeAll(async () => {
  checkout = await sharedCheckout("verbs");
}, 45 * MINUTE);

afterAll(() => checkout.remove(), 5 * MINUTE);

/** Types each verb, with and without --json, in the folder of the stack. */
async function typed(state: string, expected: Readonly<Record<string, Expected>>): Promise<void> {
  for (const [line, [code, words]] of Object.entries(expected)) {
    const [verb = "", ...args] = line.replaceAll("RUN", first || "0".repeat(12)).split(" ");
    const out = ["results", "report"].includes(verb) ? ["--out", join("fetched", state, verb)] : [];
    const command = ["cli/kubeflower.mjs", verb, ...args, ...out];
    const text = await checkout.ended(process.execPath, command, 5);
    expect([line, text.code, text.said]).toEqual([line, code, expect.stringMatching(words)]);
    if (verb === "follow") continue;
    const json = await checkout.ended(process.execPath, [...command, "--json"], 5);
    const document = JSON.parse(json.said) as { code?: unknown };
    expect([line, json.code]).toEqual([line, code]);
    expect(misfits("code" in document ? "error" : verb, document)).toEqual([]);
  }
}

async function noPod(app: string): Promise<void> {
  await until(`end of ${app}'s pods`, async () => {
    const pods = await checkout.kubectl("get", "pods", "-l", `app=${app}`, "-o", "name");
    return pods === "" || undefined;
  });
}

test("a federation that is missing is told by each verb", CASE, async () => {
  const missing: Expected = [2, /^namespace verbs does not exist in context .* — run `pulumi up/];
  const verbs = ["status", "events", "logs", "runs", "results", "report", "diff RUN RUN", "stop"];
  await typed("missing", {
    ...Object.fromEntries(verbs.map((verb) => [verb, missing])),
    [`follow --run ${"0".repeat(12)} --timeout 2`]: missing,
    doctor: [0, /pods +namespace verbs does not exist yet\n +→ pulumi up\n/],
  });
  expect(existsSync(join(checkout.sources, "fetched/missing"))).toBe(false);
});

test("a completed federation is shown by each verb", CASE, async () => {
  await checkout.set({ app: "tests/app/tiny", rounds: "1", clients: "1" });
  await checkout.pulumi("up", "--yes", "--skip-preview");
  first = (await checkout.result()).id;
  await typed("completed", {
    status: [0, /^state +completed\nrounds +1 of 1\n[^]*^ +0 {2}flower-client-0 .* idle/m],
    events: [0, / run {2}completed {2}/],
    "logs server": [0, /ROUND 1\/1/],
    "logs client 0": [0, new RegExp(`client 0: run ${first}`)],
    "logs all": [0, /^flower-client-0 +\| client 0[^]*^flower-server-.* \| .*ROUND 1/m],
    runs: [0, new RegExp(`^${first} \\* +completed +1 +0\\.1000 +0\\.5000 `, "m")],
    results: [0, /^run .* {2}completed {2}1 rounds .*\n\d+ files, .*\nmodel .*model\.safetensors/],
    report: [0, /^run .*, completed: its page is /],
    "diff RUN RUN": [0, /^model: the same/m],
    stop: [0, /is completed after 1 rounds: there is nothing to stop/],
    doctor: [0, /pods +the server runs, and 1 of 1 clients\n/],
    "follow --run RUN": [0, /"state":"completed".*\}\n$/],
  });
});

test("a federation that waits for clients is shown by each verb", CASE, async () => {
  await checkout.kubectl("scale", "statefulset/flower-client", "--replicas=0");
  await noPod("flower-client");
  await checkout.set({ rounds: "3" });
  await checkout.pulumi("config", "set", "--path", "runConfig.hold", "2");
  await checkout.pulumi("config", "set", "--path", "runConfig.fail-round", "3");
  up = new Up(checkout);
  const waiting = /waiting for 1 of 1 clients: client 0/;
  await until("run that waits", () => Promise.resolve(waiting.test(up.said) || undefined));
  await typed("waiting", {
    status: [0, /^state +waiting\n[^]*StatefulSet flower-client is scaled to 0 of 1 clients/m],
    events: [0, / run {2}started {2}/],
    "logs client": [1, /^no pod of a client is in namespace verbs/],
    runs: [0, / \* +waiting +0 [^]*completed|completed[^]* \* +waiting +0 /],
    results: [0, /^run \w+ {2}waiting {2}0 rounds\n/],
    report: [0, /, waiting: its page is /],
    "diff RUN RUN": [0, /^model: the same/m],
    stop: [1, /cannot be stopped: it waits for clients — let it go on, or /],
    "follow --run RUN --timeout 1": [3, /is not completed after 1 s/],
  });
});

test("a federation that trains is shown by each verb", CASE, async () => {
  await checkout.kubectl("scale", "statefulset/flower-client", "--replicas=1");
  const id = /^run +([0-9a-f]{12})$/m.exec((await kubeflower("status")).said)?.[1] ?? "";
  second = new TinyRun(checkout, id);
  await second.holds(2);
  await typed("running", {
    status: [0, /^state +running\n[^]*^round +2 of 3, for /m],
    events: [0, / run {2}round {2}/],
    "logs server": [0, /holds in round 2/],
    runs: [0, new RegExp(`^${id} \\* +running +1 `, "m")],
    results: [0, /^run \w+ {2}running {2}1 rounds /],
    report: [0, /, running: its page is /],
    "follow --run RUN --timeout 1": [3, /is not completed after 1 s/],
    doctor: [0, /pods +the server runs, and 1 of 1 clients\n/],
  });
});

test("a federation whose run has failed is shown by each verb", CASE, async () => {
  await second.goOn(2);
  expect(await up.ended).toBe(1);
  const why = /round 3: ValueError: the test set is gone/;
  await typed("failed", {
    status: [1, why],
    events: [0, / run {2}failed {2}.*the test set is gone/],
    "logs server": [0, why],
    runs: [0, new RegExp(`^${second.id} \\* +failed +2 `, "m")],
    results: [0, /^run \w+ {2}failed {2}2 rounds /],
    report: [0, /, failed: its page is /],
    [`diff RUN ${second.id}`]: [0, /^setting +A +B$/m],
    stop: [1, why],
    [`follow --run ${second.id}`]: [1, why],
  });
});

test("a federation that is half deleted says that its runs are still there", CASE, async () => {
  await checkout.kubectl("delete", "deploy/flower-server", "service/service-server");
  await noPod("flower-server");
  const half: Expected = [
    2,
    /^no flower-server is in namespace verbs, and volume flower-server with the runs is still there — start it again with `pulumi up --refresh`/,
  ];
  const verbs = ["status", "runs", "results", "report", "diff RUN RUN", "stop"];
  await typed("half", {
    ...Object.fromEntries(verbs.map((verb) => [verb, half])),
    events: [0, /the run's own events are not known: no flower-server is in namespace verbs/],
    "logs client 0": [0, /client 0: run /],
    "follow --run RUN --timeout 1": [3, /is not completed after 1 s \(no pod/],
  });
  expect((await checkout.ended("pulumi", ["up", "--refresh", "--yes"], 5)).code).toBe(1);
  expect((await kubeflower("runs")).said).toContain(`${second.id} *  failed`);
});

function kubeflower(verb: string): Promise<{ said: string }> {
  return checkout.ended(process.execPath, ["cli/kubeflower.mjs", verb], 5);
}
