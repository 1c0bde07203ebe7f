import { expect, test } from "vitest";

import { EXIT, Fault, faultOf } from "../../cli/fault.ts";
import { Hopeless, NoContext, Refused, TooLate, Unreachable } from "../../kube/errors.ts";
import { misfits } from "./support/schema.ts";

test.each<[Error, string, number]>([
  [new Fault("usage", "no", "yes"), "usage", 64],
  [new NoContext("a", ["b"]), "unreached", 2],
  [new Unreachable("connect ECONNREFUSED"), "unreached", 2],
  [new Refused(403, "forbidden"), "refused", 2],
  [new Refused(404, "not there"), "unreached", 2],
  [new TooLate("no status within 5 s"), "timeout", 3],
  [new Error("no status", { cause: new TooLate("within 5 s") }), "timeout", 3],
  [new Hopeless("the claim is stuck"), "failed", 1],
])("%s is the failure %s, and ends with %i", (error, code, exit) => {
  const fault = faultOf(error);
  expect([fault.code, EXIT[fault.code]]).toEqual([code, exit]);
  expect(misfits("error", fault.envelope())).toEqual([]);
});

test("a sentence is parted where its remedy begins", () => {
  expect(faultOf(new Error("a is 1 — allowed: 2 — set it")).envelope()).toEqual({
    code: "failed",
    cause: "a is 1",
    remedy: "allowed: 2 — set it",
  });
  expect(faultOf("odd").message).toBe("odd — look at `kubeflower status`");
});
