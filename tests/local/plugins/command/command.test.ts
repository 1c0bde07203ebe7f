import { afterEach, beforeEach, expect, test } from "vitest";

import { Command } from "../../../../local/plugins/command/command.ts";
import { PulumiEngine } from "../../../../local/plugins/wire/pulumiEngine.ts";
import { type Properties, secret, unknown } from "../../../../local/plugins/wire/properties.ts";
import { FakeEngine } from "../support/fakeEngine.ts";

const urn = "urn:pulumi:s::p::command:local:Command::name";
const operation = { urn, preview: false, signal: new AbortController().signal };
let engine: FakeEngine;
let command: Command;

beforeEach(async () => {
  engine = await FakeEngine.start();
  command = new Command(new PulumiEngine(engine.address));
});

afterEach(() => {
  engine.stop();
});

test("create runs the command, shows its lines live and in order, and keeps the output", async () => {
  const inputs = { create: "seq 1 50; echo $WHO", environment: { WHO: "me" } };
  const { id, state } = await command.create(inputs, operation);
  expect(id).toMatch(/^name[0-9a-f]{8}$/);
  const numbers = Array.from({ length: 50 }, (_, index) => `${index + 1}`);
  expect(state).toEqual({ ...inputs, stdout: [...numbers, "me"].join("\n"), stderr: "" });
  expect(engine.lines).toEqual([...numbers, "me"].map((line) => `live ${urn}: ${line}`));
});

test.each([
  ["stdout", ["out"]],
  ["stderr", ["err"]],
  ["none", []],
])("logging %s shows %j", async (logging, shown) => {
  await command.create({ create: "echo out; echo err >&2", logging }, operation);
  expect(engine.lines).toEqual(shown.map((line) => `live ${urn}: ${line}`));
});

test("update runs update, else create, and sees the output before unless told otherwise", async () => {
  const before = { create: "x", stdout: "old", stderr: "" };
  const show = 'echo "$0 [$PULUMI_COMMAND_STDOUT]"';
  const update = (inputs: Properties): Promise<Properties> =>
    command.update("id", before, inputs, operation);
  expect((await update({ create: show })).stdout).toBe("/bin/sh [old]");
  expect((await update({ create: "false", update: "echo u" })).stdout).toBe("u");
  const off = await update({ create: show, addPreviousOutputInEnv: false });
  expect(off.stdout).toBe("/bin/sh []");
});

test("delete runs the stored delete command, and nothing when there is none", async () => {
  await command.delete("id", { delete: "echo gone", stdout: "", stderr: "" }, operation);
  await command.delete("id", { create: "echo again", stdout: "", stderr: "" }, operation);
  expect(engine.lines).toEqual([`live ${urn}: gone`]);
});

test("in preview nothing runs and the output is not known", async () => {
  const inputs = { create: "echo ran" };
  const { state } = await command.create(inputs, { ...operation, preview: true });
  expect(state).toEqual({ ...inputs, stdout: unknown, stderr: unknown });
  expect(engine.lines).toEqual([]);
});

test("a secret input stays one, and makes the output one", async () => {
  const inputs = { create: "cat", stdin: secret("hush") };
  const { state } = await command.create(inputs, operation);
  expect(state).toEqual({ ...inputs, stdout: secret("hush"), stderr: secret("") });
});

test("only changed triggers replace", async () => {
  const difference = await command.diff(
    {},
    { create: "a", triggers: [1, 2] },
    { create: "b", triggers: [1, 3] },
  );
  const told = [...difference.changes].map(([path, kind]) => [
    path,
    kind,
    difference.replace(path),
  ]);
  expect(told).toEqual([
    ["create", "update", false],
    ["triggers[1]", "update", true],
  ]);
});

test.each([
  [{ assetPaths: ["*"] }, /"assetPaths" needs the official command plugin/],
  [{ creat: "x" }, /"creat" is not an input of a Command — it has create, update/],
  [{ logging: "all" }, /"logging" is "all" — it may be stdout, stderr, stdoutAndStderr, none/],
])("%j is refused with the reason", async (inputs: Properties, reason) => {
  const { failures } = await command.check({}, inputs);
  expect(failures.map((failure) => failure.reason)).toEqual([expect.stringMatching(reason)]);
});
