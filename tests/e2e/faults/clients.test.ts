import { afterAll, beforeAll, expect, test } from "vitest";

import { sharedCheckout } from "../support/sharedCheckout.ts";
import { Federation } from "./support/federation.ts";
import { figures } from "./support/figures.ts";

const MINUTE = 60_000;
const CASE = { timeout: 10 * MINUTE };
/** Seconds within which the server notices a killed client, and a silent one. */
const [KILLED, SILENT] = [2, 10];
let federation: Federation;
let calm: string;

beforeAll(async () => {
  federation = new Federation(await sharedCheckout("faults-clients"), { pause: 1 });
  calm = await federation.calm();
}, 45 * MINUTE);

afterAll(() => federation.checkout.remove(), 5 * MINUTE);

/** Adds seconds to a time in milliseconds. */
const after = (seconds: number, at: number): number => at + seconds * 1000;

test("a client killed while it trains is noticed at once and asked again", CASE, async () => {
  const run = await federation.begin();
  const client = await federation.client(1);
  await client.said("^trains round 2", run.began);
  const killed = await client.signal("SIGKILL");
  const noticed = await run.server.said("^client 1 is offline", killed);
  expect(noticed).toBeLessThan(after(KILLED, killed));
  const recovered = await run.finished(2, killed);
  await run.completes(calm);
  figures("client killed while it trains", killed, { noticed, recovered });
});

test("two of three clients killed at once are noticed at once and asked again", CASE, async () => {
  const run = await federation.begin();
  const [one, other] = await Promise.all([federation.client(0), federation.client(2)]);
  await Promise.all([one, other].map((client) => client.said("^trains round 2", run.began)));
  const killed = Math.min(...(await Promise.all([one.signal("SIGKILL"), other.signal("SIGKILL")])));
  const noticed = Math.max(
    await run.server.said("^client 0 is offline", killed),
    await run.server.said("^client 2 is offline", killed),
  );
  expect(noticed).toBeLessThan(after(KILLED, killed));
  const recovered = await run.finished(2, killed);
  await run.completes(calm);
  figures("2 of 3 clients killed at once", killed, { noticed, recovered });
});

test(
  "a client that falls silent is noticed by its keep-alive, and is waited for",
  CASE,
  async () => {
    const run = await federation.begin();
    const client = await federation.client(1);
    await client.said("^trains round 2", run.began);
    const stopped = await client.signal("SIGSTOP");
    const noticed = await run.server.said("^client 1 is offline", stopped);
    expect(noticed).toBeLessThan(after(SILENT, stopped));
    const returned = await client.signal("SIGCONT");
    const recovered = await run.finished(2, returned);
    await run.completes(calm);
    figures("client silent", stopped, { noticed, returned, recovered });
  },
);

test("a client ten times slower is waited for", CASE, async () => {
  const run = await federation.begin({ pause: 0.2, "slow-partition": 1 });
  await run.completes(calm);
});

test("a client out of memory once is started again and asked again", CASE, async () => {
  const run = await federation.begin({ "hog-partition": 1 });
  const client = await federation.client(1);
  const begun = await client.said("^trains round 1", run.began);
  const noticed = await run.server.said("^client 1 is offline", begun);
  const recovered = await run.finished(1);
  await run.completes(calm);
  figures("client out of memory once", begun, { noticed, recovered });
});

test("a run whose client is always out of memory goes on when it has more", CASE, async () => {
  const config = { "hog-partition": 1, "hog-once": false, "hog-mebibytes": 300 };
  const run = await federation.begin(config);
  const client = await federation.client(1);
  const begun = await client.said("^trains round 1", run.began);
  const noticed = await run.server.said("^client 1: was killed as it needs more memory", begun);
  await run.fails(
    /^run \w+ was interrupted after 0 of 3 rounds: .*client 1 was killed 3 times as it needs more memory than its limit 256Mi — raise it: pulumi config set --path clientResources.memory 512Mi, then /,
  );
  const ended = Date.now();
  const { checkout } = federation;
  await checkout.pulumi("config", "set", "--path", "clientResources.memory", "512Mi");
  await (await run.followedAgain()).ends(calm);
  figures("client always out of memory", begun, { noticed, "`up` ended": ended });
});

test("a run whose clients are all gone goes on when they are back", CASE, async () => {
  await federation.renewClients();
  const run = await federation.begin({ gate: "." }, { roundTimeout: 5 });
  await run.open(1);
  await run.server.said("^rests before round 2");
  const gone = Date.now();
  await federation.clients(0);
  for (const partition of [0, 1, 2]) {
    await run.server.said(`^client ${String(partition)} is offline`, gone);
  }
  await run.open(2, 3);
  await run.fails(
    /^run \w+ was interrupted after 1 of 3 rounds: round 2: .*0.* — bring the clients back: kubectl get pods -l app=flower-client, then `pulumi up`: the run goes on after round 1$/,
  );
  const ended = Date.now();
  await federation.clients(3);
  await (await run.followedAgain()).ends(calm);
  figures("all clients gone", gone, { "`up` ended": ended });
});

test("with a quorum of 2 of 3 the run goes on without a client gone for good", CASE, async () => {
  await federation.renewClients();
  const run = await federation.begin({ gate: "." }, { quorum: 2 });
  await run.open(1);
  await run.server.said("^rests before round 2");
  const gone = Date.now();
  await federation.clients(2);
  const noticed = await run.server.said("^client 2 is offline", gone);
  await run.open(2, 3);
  const recovered = await run.finished("any", noticed);
  expect(await run.up.ended, run.up.said).toBe(0);
  figures("client gone for good, quorum 2 of 3", gone, { noticed, recovered });
  const record = await run.rounds();
  expect(record.map(({ round }) => round)).toEqual([1, 2, 3]);
  expect(record[0]?.replies).toEqual([0, 1, 2]);
  expect(record[1]?.replies).toEqual([0, 1]);
  expect(record[2]?.replies).toEqual([0, 1]);
  expect(await federation.checkout.result()).toMatchObject({ state: "completed", rounds: 3 });
});
