import { expect, test } from "vitest";

import { othersSentence } from "../../cli/othersObjects.ts";

const OWN = { annotations: { "kubeflower/owner": "1", "kubeflower/stack": "kubeflower/dev" } };
const THEIRS = { annotations: { "kubeflower/owner": "2", "kubeflower/stack": "kubeflower/other" } };
const namespace = (mark: object) => ({ metadata: { name: "lab", ...mark } });
const claim = (mark: object, name = "flower-server") => ({ metadata: { name, ...mark } });
const sentence = (what: string, kind: string): string =>
  `${what} belongs to stack kubeflower/other by now, and this destroy would delete it with its runs — what this stack made under the name is gone already — have Pulumi forget it: pulumi state delete --target-dependents, and choose the ${kind}; then run \`pulumi destroy\` again`;

test.each([
  ["its own", { namespace: namespace(OWN), claims: [claim(OWN)] }, "1"],
  ["gone", { namespace: undefined, claims: [] }, "1"],
  ["without a mark", { namespace: namespace({}), claims: [claim({})] }, "1"],
  ["a claim of another's beside it", { namespace: undefined, claims: [claim(THEIRS, "b")] }, "1"],
  ["of a stack of an older version", { namespace: namespace(THEIRS), claims: [] }, undefined],
])("a destroy goes on where what it deletes is %s", (_, doomed, owner) => {
  expect(othersSentence(doomed, owner)).toBeUndefined();
});

test("a destroy stops before it deletes what another stack has made under its names", () => {
  expect(othersSentence({ namespace: namespace(THEIRS), claims: [] }, "1")).toBe(
    sentence("namespace lab", "namespace"),
  );
  const claims = [claim(OWN), claim(THEIRS, "flower-server-12345678")];
  expect(othersSentence({ namespace: undefined, claims }, "1")).toBe(
    sentence("claim flower-server-12345678", "claim"),
  );
});
