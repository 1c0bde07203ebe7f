import { expect, test } from "vitest";

import { policies, policiesFinding } from "../../../../cli/doctor/checks/policies.ts";
import { FakeApi } from "../../support/fakeApi.ts";
import { snapshot } from "../../support/objects.ts";

test("without --probe nothing is made, and the check says so", async () => {
  const api = await FakeApi.start();
  const found = await policies.run(api.patient());
  api.stop();
  expect([found.state, found.remedy, api.asked]).toEqual([
    "unchecked",
    "kubeflower doctor --probe",
    [],
  ]);
});

test("without a server there is nothing to reach", async () => {
  const api = await FakeApi.start();
  const none = () => Promise.resolve(snapshot({ pods: [] }));
  const found = await policies.run(api.patient({ probe: true, snapshot: none }));
  api.stop();
  expect(found.text).toBe("no pod of the server runs that a probe could try to reach");
});

test.each([
  [{ target: false, control: true }, "ok"],
  [{ target: true, control: true }, "fault"],
  [{ target: false, control: false }, "unchecked"],
  ["ErrImagePull", "unchecked"],
])("a probe that reached %o", (reached, state) => {
  expect(policiesFinding(reached).state).toBe(state);
});
