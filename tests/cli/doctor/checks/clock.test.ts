import { afterAll, beforeAll, expect, test } from "vitest";

import { clock, clockFinding } from "../../../../cli/doctor/checks/clock.ts";
import { FakeApi } from "../../support/fakeApi.ts";

let api: FakeApi;

beforeAll(async () => {
  api = await FakeApi.start();
  api.answers = { "/version": { gitVersion: "v1.34.4" } };
});

afterAll(() => {
  api.stop();
});

test("the header Date is compared with this machine's clock", async () => {
  expect((await clock.run(api.patient())).state).toBe("ok");
  api.date = new Date(Date.now() - 60_000);
  const found = await clock.run(api.patient());
  expect(found.text).toMatch(/^this machine's clock is (59|60) s ahead of the API server's$/);
  expect([found.state, found.remedy]).toEqual([
    "warning",
    "set this machine's clock: sudo timedatectl set-ntp true",
  ]);
});

test.each([
  [0, "ok", "this machine's clock and the API server's agree"],
  [10_000, "ok", "this machine's clock and the API server's agree"],
  [11_000, "warning", "this machine's clock is 11 s behind the API server's"],
  [
    400_000,
    "fault",
    "this machine's clock is 400 s behind the API server's: certificates and logins seem expired, or not valid yet",
  ],
])("a server that is %d ms ahead of the answer", (ahead, state, text) => {
  expect(clockFinding(1e12 + ahead, 1e12 - 500, 1e12)).toMatchObject({ state, text });
});

test("a slow answer is no difference", () => {
  expect(clockFinding(1e12, 1e12 - 4000, 1e12 + 4000).state).toBe("ok");
});
