import { afterAll, beforeAll, expect, test } from "vitest";

import type { ClusterCheck, LocalCheck } from "../../../cli/doctor/check.ts";
import { examine } from "../../../cli/doctor/examine.ts";
import { ok, type Finding } from "../../../cli/doctor/finding.ts";
import { Fault } from "../../../cli/fault.ts";
import { FakeApi } from "../support/fakeApi.ts";
import { machine } from "../support/machine.ts";

let api: FakeApi;
const here: LocalCheck = { name: "here", local: true, run: () => Promise.resolve(ok("here")) };
const contact = check("contact", () => Promise.resolve(ok("there")));
const lost: Finding = { state: "fault", text: "no", remedy: "start it", unreached: true };

beforeAll(async () => {
  api = await FakeApi.start();
  api.answers = { "/secret": 403, "/broken": 503 };
});

afterAll(() => {
  api.stop();
});

function check(name: string, run: ClusterCheck["run"], more: Partial<ClusterCheck> = {}) {
  return { name, run, ...more };
}

/** Finding of one check of a cluster that is reached. */
async function found(one: ClusterCheck): Promise<Finding | undefined> {
  return (await examine([contact, one], contact, machine({}), api.patient())).at(1);
}

test("findings come in the order of the checks, however long each takes", async () => {
  const slow = check("slow", () => new Promise((done) => setTimeout(done, 20, ok("slow"))));
  const all = await examine([slow, here, contact], contact, machine({}), api.patient());
  expect(all.map(({ name, text }) => [name, text])).toEqual([
    ["slow", "slow"],
    ["here", "here"],
    ["contact", "there"],
  ]);
});

test.each([
  ["/secret", "you may not look at it: no /secret"],
  ["/broken", "the API server is busy: it answers 503"],
])("a check that is answered %s is not checked", async (path, text) => {
  const one = check("one", async ({ cluster }) =>
    ok((await cluster.get<string>(path, 0.2)).object),
  );
  expect(await found(one)).toEqual({ name: "one", state: "unchecked", text, remedy: null });
});

test("a check that does not end has its deadline", async () => {
  const one = check("one", () => new Promise(() => undefined), { seconds: 0.05 });
  expect((await found(one))?.text).toBe("one: no answer within 0.05 s");
});

test("without contact no other check of the cluster is waited for, and none makes objects", async () => {
  let made = false;
  const never = check("never", () => new Promise(() => undefined));
  const probe = check(
    "probe",
    () => {
      made = true;
      return Promise.resolve(ok("made"));
    },
    { makes: true },
  );
  const refused = check("refused", () => Promise.reject(new Error("connect ECONNREFUSED")));
  const gone = check("contact", () => new Promise((done) => setTimeout(done, 20, lost)));
  for (const patient of [api.patient(), lost]) {
    const all = await examine([here, gone, never, refused, probe], gone, machine({}), patient);
    expect(all.map(({ state, text }) => [state, text])).toEqual([
      ["ok", "here"],
      ["fault", "no"],
      ["unchecked", "the cluster is not reached"],
      ["unchecked", "the cluster is not reached"],
      ["unchecked", "the cluster is not reached"],
    ]);
  }
  expect(made).toBe(false);
});

test("a probe that the user has stopped ends all", async () => {
  const stopped = new Fault("interrupted", "stopped", "run it again");
  await expect(found(check("one", () => Promise.reject(stopped)))).rejects.toBe(stopped);
});
