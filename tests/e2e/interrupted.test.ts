import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";

import { command } from "../../local/tools/command.ts";
import { Stack } from "../../local/stack.ts";
import { Checkout } from "../../dev/checkout.ts";

const MINUTE = 60_000;
const YES = ["--yes", "--skip-preview", "--non-interactive"];
/** Ends at once when the file `go` exists. Otherwise a process that has left the process group holds its output open. */
const COMMAND = "echo begun; [ -e go ] || { setsid sleep 30 & sleep 30; }";
const PROGRAM = `import { local } from "@pulumi/command";
new local.Command("run", { create: ${JSON.stringify(COMMAND)}, logging: "stdoutAndStderr" });
`;

let checkout: Checkout;
let folder: string;

beforeAll(async () => {
  checkout = await Checkout.withoutCluster();
  folder = join(checkout.folder, "program");
  await mkdir(folder);
  await symlink(join(checkout.sources, "node_modules"), join(folder, "node_modules"));
  await writeFile(join(folder, "Pulumi.yaml"), "name: program\nruntime: nodejs\n");
  await writeFile(join(folder, "package.json"), '{"type": "module", "main": "index.js"}');
  await writeFile(join(folder, "index.js"), PROGRAM);
}, 45 * MINUTE);

afterAll(() => checkout.remove(), 5 * MINUTE);

beforeEach(async () => {
  await rm(join(folder, "go"), { force: true });
});

/** Runs a Pulumi command in the program's folder; returns its standard output. */
function pulumi(...args: string[]): Promise<string> {
  return command("pulumi", args, { cwd: folder, env: checkout.env, seconds: 120 });
}

async function pending(): Promise<string[]> {
  const { deployment } = JSON.parse(await pulumi("stack", "export")) as {
    deployment: { pending_operations?: { type: string; resource: { urn: string } }[] };
  };
  return (deployment.pending_operations ?? []).map(({ type }) => type);
}

/** Starts `pulumi up` and returns when the command it runs has begun. */
async function up(): Promise<ChildProcess> {
  const child = spawn("pulumi", ["up", ...YES], { cwd: folder, env: checkout.env });
  const deadline = setTimeout(() => child.kill("SIGKILL"), MINUTE);
  let said = "";
  await new Promise<void>((begun, failed) => {
    child.stdout.on("data", (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes("begun")) begun();
    });
    child.on("exit", () => {
      clearTimeout(deadline);
      failed(new Error(`\`pulumi up\` ended:\n${said}`));
    });
  });
  return child;
}

test("CI that cancels the tool finds it ended in time, and nothing pending", async () => {
  await pulumi("stack", "init", "ci");
  const child = await up();
  const cancelled = Date.now();
  child.kill("SIGINT");
  await once(child, "exit");
  expect(child.exitCode).not.toBe(0);
  // After 7.5 s CI sends SIGTERM; Pulumi then ends without recording how its operations ended.
  expect(Date.now() - cancelled).toBeLessThan(7500);
  expect(await pending()).toEqual([]);
});

test("`npm run up` clears what a killed update had begun", async () => {
  await pulumi("stack", "init", "killed");
  const child = await up();
  child.kill("SIGKILL");
  await once(child, "exit");
  await pulumi("cancel", "--yes");
  expect(await pending()).toEqual(["creating"]);
  await writeFile(join(folder, "go"), "");
  expect(await new Stack("killed", checkout.env, folder).up({})).toBe(0);
  expect(await pending()).toEqual([]);
});
