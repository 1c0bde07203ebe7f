import { expect, test } from "vitest";

import { kubectl, node, pulumi } from "../../../../cli/doctor/checks/tools.ts";
import { machine } from "../../support/machine.ts";

const PULUMI = "install it: https://www.pulumi.com/docs/install/";

test("Node.js must be of the version that the package names", async () => {
  expect(await node.run(machine({ node: "v22.14.0" }))).toMatchObject({
    state: "ok",
    text: "Node.js is v22.14.0",
  });
  expect(await node.run(machine({ node: "v18.20.1" }))).toEqual({
    state: "fault",
    text: "Node.js is v18.20.1, and the stack needs 20 or later",
    remedy: "install it: https://nodejs.org/en/download",
  });
});

test.each([
  [{ code: 0, said: "v3.217.0" }, "ok", "pulumi is v3.217.0", null],
  [
    { code: 0, said: "v3.210.0" },
    "warning",
    "pulumi is v3.210.0: a build that fails says why from 3.217 on",
    PULUMI,
  ],
  [{ code: 0, said: "v2.9.0" }, "fault", "pulumi is v2.9.0, and the stack needs version 3", PULUMI],
  [{ code: 1, said: "error: no\nhome" }, "fault", "`pulumi version` fails: error: no home", PULUMI],
  [{ code: -1, said: "" }, "fault", "`pulumi version` fails: it does not end", PULUMI],
  [null, "fault", "there is no pulumi on the PATH", PULUMI],
])("pulumi that ends so: %o", async (ended, state, text, remedy) => {
  expect(await pulumi.run(machine({ programs: { pulumi: ended } }))).toEqual({
    state,
    text,
    remedy,
  });
});

test("kubectl may be missing, and only remedies lack it", async () => {
  const said = JSON.stringify({ clientVersion: { gitVersion: "v1.34.4" } });
  const there = machine({ programs: { kubectl: { code: 0, said } } });
  expect((await kubectl.run(there)).text).toBe("kubectl is v1.34.4");
  expect(await kubectl.run(machine({}))).toEqual({
    state: "warning",
    text: "there is no kubectl on the PATH: the stack runs without, remedies use it",
    remedy: "install it: https://kubernetes.io/docs/tasks/tools/",
  });
});
