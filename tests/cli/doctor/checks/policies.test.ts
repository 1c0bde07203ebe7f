import { expect, test, vi } from "vitest";

import { policies, policiesFinding } from "../../../../cli/doctor/checks/policies.ts";
import type { Finding } from "../../../../cli/doctor/finding.ts";
import { NOT_ENFORCED } from "../../../../cli/policyWarning.ts";
import { parseStatus, type Policies } from "../../../../contract/status.ts";
import { FakeApi } from "../../support/fakeApi.ts";
import { snapshot } from "../../support/objects.ts";

/** Finding without --probe, when the server's pod runs and its clients have found this. */
async function reported(policiesFound: Policies | null): Promise<Finding> {
  const api = await FakeApi.start();
  const document = { run: "ab12", state: "running", policies: policiesFound };
  const objects = () => Promise.resolve(snapshot(policiesFound === null ? { pods: [] } : {}));
  const patient = api.patient({ snapshot: objects });
  vi.spyOn(patient.status, "read").mockResolvedValue(parseStatus(JSON.stringify(document)));
  const found = await policies.run(patient);
  api.stop();
  expect(api.asked).toEqual([]);
  return found;
}

test("without --probe nothing is made, and what the clients have found is told", async () => {
  expect(await reported("enforced")).toMatchObject({
    state: "ok",
    text: "a client does not reach the server's status port: policies are enforced",
  });
  const { state, text, remedy } = await reported("not enforced");
  expect([state, remedy]).toEqual(["fault", NOT_ENFORCED.remedy]);
  expect(text).toBe(NOT_ENFORCED.what);
});

test.each(["unknown", null] as const)(
  "when they have found %s, it is not checked",
  async (said) => {
    const { state, remedy } = await reported(said);
    expect([state, remedy]).toEqual(["unchecked", "kubeflower doctor --probe"]);
  },
);

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
