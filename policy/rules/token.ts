import { podRule } from "../podRule.ts";

/** The default token gives an intruder in the pod access to the API server; a needed token is projected by name. */
export const token = podRule(
  "token",
  "A pod gets no token of its service account unasked.",
  function* ({ automountServiceAccountToken: mounted }) {
    if (mounted !== false) {
      yield `automountServiceAccountToken is ${String(mounted ?? "not set")} — allowed: false — set it to false, and project a token with an audience and an expiry into the pod that needs one`;
    }
  },
);
