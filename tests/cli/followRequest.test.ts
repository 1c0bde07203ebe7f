import { expect, test } from "vitest";

import { requestFrom } from "../../cli/followRequest.ts";

const complete = { context: "local", namespace: "kubeflower", run: "ab12", timeout: 60 };

test("a request waits for the end unless it says otherwise", () => {
  expect(requestFrom(JSON.stringify(complete))).toEqual({ ...complete, wait: true });
  expect(requestFrom(JSON.stringify({ ...complete, wait: false }))).toEqual({
    ...complete,
    wait: false,
  });
});

test.each([
  undefined,
  "no JSON",
  "null",
  JSON.stringify({ ...complete, run: "" }),
  JSON.stringify({ ...complete, timeout: 0 }),
  JSON.stringify({ ...complete, timeout: "60" }),
])("the request %s is refused with its value", (text) => {
  expect(() => requestFrom(text)).toThrow(
    `KUBEFLOWER_FOLLOW is ${JSON.stringify(text ?? null)} — it must be JSON with context, namespace, run and timeout > 0`,
  );
});
