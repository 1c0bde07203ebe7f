import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { type Program, runProgram } from "../../../../local/plugins/nodejs/program.ts";

const never = new AbortController().signal;
let folder: string;

/** A folder with a stand-in for @pulumi/pulumi's runner: `body` is its code. */
async function runner(body: string): Promise<void> {
  const run = join(folder, "node_modules/@pulumi/pulumi/cmd/run");
  await mkdir(run, { recursive: true });
  await writeFile(join(run, "index.js"), body);
}

function program(more: Partial<Program> = {}): Program {
  return {
    rootDirectory: folder,
    programDirectory: folder,
    entryPoint: ".",
    options: { typescript: false, nodeargs: ["--no-warnings"], packagemanager: "auto" },
    args: [],
    engineAddress: "127.0.0.1:1",
    monitorAddress: "127.0.0.1:2",
    organization: "org",
    project: "proj",
    stack: "dev",
    parallel: 16,
    dryRun: true,
    config: new Map([["proj:rounds", "5"]]),
    configSecretKeys: ["proj:key"],
    ...more,
  };
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "program-"));
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

test("the runner gets its arguments, the config and its secret keys", async () => {
  const seen = join(folder, "seen.json");
  await runner(`require("fs").writeFileSync(${JSON.stringify(seen)}, JSON.stringify({
    node: process.execArgv, args: process.argv.slice(2),
    config: process.env.PULUMI_CONFIG, keys: process.env.PULUMI_CONFIG_SECRET_KEYS,
    typescript: process.env.PULUMI_NODEJS_TYPESCRIPT ?? "unset" }))`);
  expect(await runProgram(program(), never)).toEqual({ error: "", bail: false });
  const { default: read } = (await import(seen, { with: { type: "json" } })) as {
    default: unknown;
  };
  expect(read).toEqual({
    node: ["--no-warnings"],
    args: [
      ...["--monitor", "127.0.0.1:2", "--engine", "127.0.0.1:1", "--organization", "org"],
      ...["--project", "proj", "--root-directory", folder, "--stack", "dev", "--pwd", folder],
      ...["--dry-run", "--parallel", "16", "."],
    ],
    config: '{"proj:config:rounds":"5"}',
    keys: '["proj:key"]',
    typescript: "unset",
  });
});

test.each([
  ["process.exit(0)", { error: "", bail: false }],
  ["process.exit(32)", { error: "", bail: true }],
  ["process.exit(7)", { error: "Program exited with non-zero exit code: 7", bail: false }],
  [
    "process.kill(process.pid, 'SIGKILL')",
    { error: "Program exited unexpectedly: signal SIGKILL", bail: false },
  ],
])("a program that ends by %s ends the run as %j", async (body, ending) => {
  await runner(body);
  expect(await runProgram(program(), never)).toEqual(ending);
});

test("a project without the SDK says what to do", async () => {
  await expect(runProgram(program(), never)).rejects.toThrow(
    "It looks like the Pulumi SDK has not been installed. Have you run pulumi install?",
  );
});

test("cancelling interrupts the program", async () => {
  await runner("setInterval(() => undefined, 1000)");
  const cancel = new AbortController();
  const running = runProgram(program(), cancel.signal);
  setTimeout(() => {
    cancel.abort();
  }, 300);
  expect(await running).toEqual({
    error: "Program exited unexpectedly: signal SIGINT",
    bail: false,
  });
});

test("node is taken from PATH, as for the official host", async () => {
  await runner("process.exit(1)");
  await writeFile(join(folder, "node"), "#!/bin/sh\nexit 0\n");
  await chmod(join(folder, "node"), 0o755);
  vi.stubEnv("PATH", `${folder}:${process.env["PATH"]}`);
  expect(await runProgram(program(), never)).toEqual({ error: "", bail: false });
});
