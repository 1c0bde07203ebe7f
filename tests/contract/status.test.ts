import { expect, test } from "vitest";
import { parseStatus } from "../../contract/status.ts";

test("a status without lists has empty ones", () => {
  expect(parseStatus('{"run":"ab12","state":"waiting"}')).toEqual({
    run: "ab12",
    state: "waiting",
    reason: null,
    failure: null,
    warning: null,
    round: 0,
    rounds: 0,
    nodes: [],
    waitingFor: [],
    clients: [],
    elapsed: null,
    history: [],
    result: null,
    policies: "unknown",
    unknownKey: false,
  });
});

test.each(["<html>", "null", '{"run":1,"state":"waiting"}', '{"run":"ab12","state":"asleep"}'])(
  "%s is no status",
  (text) => {
    expect(() => parseStatus(text)).toThrow(
      `the server's status is "${text}" — it must be JSON with run and state`,
    );
  },
);
