import { expect, test } from "vitest";

import { othersSentence } from "../../cli/othersObjects.ts";

const OWN = { annotations: { "kubeflower/owner": "1", "kubeflower/stack": "kubeflower/dev" } };
const THEIRS = { annotations: { "kubeflower/owner": "2", "kubeflower/stack": "kubeflower/other" } };
const namespace = (mark: object) => ({ metadata: { name: "lab", ...mark } });
const claim = (mark: object, name = "flower-server") => ({ metadata: { name, ...mark } });
const sentence = (what: string, kind: string): string =>
  `${what} belongs to stack kubeflower/other by now, and this destroy would delete it with all that is in it — what this stack made under the name is gone already — have Pulumi forget it: pulumi state delete --target-dependents, and choose the ${kind}; then run \`pulumi destroy\` again`;

test.each([
  ["its own", { namespace: namespace(OWN), claims: [claim(OWN)] }, "1"],
  ["gone", { namespace: undefined, claims: [] }, "1"],
  ["without a mark, of an older version", { namespace: namespace({}), claims: [] }, undefined],
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

test.each([
  ["namespace lab", { namespace: namespace({}), claims: [] }],
  ["claim flower-server", { namespace: namespace(OWN), claims: [claim({})] }],
])(
  "a destroy stops before it deletes a %s that somebody has made without a stack",
  (what, doomed) => {
    expect(othersSentence(doomed, "1")).toMatch(
      new RegExp(
        `^${what} lacks this stack's mark, as somebody has made it anew, and this destroy would delete it `,
      ),
    );
  },
);
