import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import grpc from "@grpc/grpc-js";
import analyzerGrpc from "@pulumi/pulumi/proto/analyzer_grpc_pb.js";
import analyzer, {
  type AnalyzerInfo,
  type AnalyzeResponse,
} from "@pulumi/pulumi/proto/analyzer_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import struct from "google-protobuf/google/protobuf/struct_pb.js";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { project } from "../../../../local/tools/folders.ts";
import { type PluginRun, runPlugin } from "../../../../local/plugins/nodejs/pluginRun.ts";

let folder: string;
let stdout: string;
let stderr: string;
let stop: AbortController;

beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), "plugin-")));
  stdout = stderr = "";
  stop = new AbortController();
});

afterEach(async () => {
  stop.abort();
  await rm(folder, { recursive: true });
});

function plugin(kind: string): PluginRun {
  return {
    programDirectory: folder,
    pwd: tmpdir(),
    options: { typescript: false, nodeargs: ["--no-warnings"], packagemanager: "auto" },
    args: ["127.0.0.1:1"],
    env: [`PATH=${process.env["PATH"] ?? ""}`, "EQUATION=a=b"],
    kind,
    stdout: (bytes) => (stdout += bytes.toString()),
    stderr: (bytes) => (stderr += bytes.toString()),
  };
}

describe("a provider", () => {
  /** Stands in for @pulumi/pulumi's runner of providers. */
  async function runner(body: string): Promise<void> {
    const run = join(folder, "node_modules/@pulumi/pulumi/cmd/run-plugin");
    await mkdir(run, { recursive: true });
    await writeFile(join(run, "index.js"), body);
  }

  test("gets its folder, its arguments and the engine's environment", async () => {
    await runner(`console.log(JSON.stringify([process.execArgv, process.argv.slice(2),
      process.cwd(), process.env.EQUATION])); console.error("careful")`);
    await runPlugin(plugin("resource"), stop.signal);
    expect(JSON.parse(stdout)).toEqual([
      ...[["--no-warnings"], [folder, "127.0.0.1:1"], tmpdir(), "a=b"],
    ]);
    expect(stderr).toBe("careful\n");
  });

  test.each([
    [7, "Program exited with non-zero exit code: 7"],
    [32, "Program exited with non-zero exit code: 32"],
  ])("that ends with %d fails the call", async (code, message) => {
    await runner(`process.exit(${String(code)})`);
    await expect(runPlugin(plugin("resource"), stop.signal)).rejects.toThrow(message);
  });
});

test.each(["resource", "analyzer"])("a %s without the SDK says what to do", async (kind) => {
  await expect(runPlugin(plugin(kind), stop.signal)).rejects.toThrow(
    `It looks like the Pulumi SDK has not been installed. Have you run npm install in ${folder}?`,
  );
});

describe("a policy pack", () => {
  /** A pack that refuses everything, by what it knows of the stack. */
  async function pack(refusal: string): Promise<void> {
    await symlink(join(project, "node_modules"), join(folder, "node_modules"));
    await writeFile(join(folder, "package.json"), '{"version": "1.2.3"}');
    await writeFile(
      join(folder, "index.js"),
      `const { PolicyPack } = require("@pulumi/policy");
      new PolicyPack("demo", { policies: [{ name: "no", description: "Nothing is right.",
        validateResource: (resource, refuse) => refuse(${refusal}) }] });`,
    );
  }

  /** Runs the pack to its end, which is to be this one. */
  function run(ending: string): Promise<void> {
    return expect(runPlugin(plugin("analyzer"), stop.signal)).rejects.toThrow(ending);
  }

  /** Connects where the pack is said to listen, as the engine does. */
  async function connect(): Promise<analyzerGrpc.AnalyzerClient> {
    await vi.waitUntil(() => stdout.includes("\n"), { timeout: 10_000 });
    const address = `127.0.0.1:${stdout.trim()}`;
    return new analyzerGrpc.AnalyzerClient(address, grpc.credentials.createInsecure());
  }

  test("gets its stack's settings in its environment, and then the engine's calls", async () => {
    await pack(`[process.env.PULUMI_NODEJS_ORGANIZATION, process.env.PULUMI_NODEJS_PROJECT,
      process.env.PULUMI_NODEJS_STACK, process.env.PULUMI_NODEJS_DRY_RUN,
      process.env.PULUMI_CONFIG, process.cwd()].join(" ")`);
    const stopped = run("Program exited unexpectedly: signal SIGINT");
    const engine = await connect();
    const settings = new analyzer.AnalyzerStackConfigureRequest()
      .setOrganization("org")
      .setProject("proj")
      .setStack("dev")
      .setDryRun(true);
    settings.getConfigMap().set("proj:rounds", "5");
    await answer((done) => engine.handshake(new analyzer.AnalyzerHandshakeRequest(), done));
    await answer((done) => engine.configureStack(settings, done));
    const request = new analyzer.AnalyzeRequest()
      .setType("a:b:C")
      .setUrn("urn")
      .setProperties(new struct.Struct())
      .setOptions(new analyzer.AnalyzerResourceOptions());
    const response = await answer<AnalyzeResponse>((done) => engine.analyze(request, done));
    expect(response.getDiagnosticsList().map((it) => it.getMessage())).toEqual([
      `Nothing is right.\norg proj dev true {"proj:rounds":"5"} ${folder}`,
    ]);
    engine.close();
    stop.abort();
    await stopped;
    expect(stderr).toBe("");
  });

  test("says what it is without a stack", async () => {
    await pack('"no"');
    const stopped = run("Program exited unexpectedly: signal SIGINT");
    const engine = await connect();
    const info = await answer<AnalyzerInfo>((done) =>
      engine.getAnalyzerInfo(new empty.Empty(), done),
    );
    expect([info.getName(), info.getVersion()]).toEqual(["demo", "1.2.3"]);
    engine.close();
    stop.abort();
    await stopped;
  });

  test("that cannot start fails the engine's call, and shows why", async () => {
    await pack('"no"');
    await writeFile(join(folder, "index.js"), 'throw new Error("broken pack");');
    const failed = run("Program exited with non-zero exit code: 32");
    const engine = await connect();
    await expect(answer((done) => engine.getAnalyzerInfo(new empty.Empty(), done))).rejects.toThrow(
      "the policy pack has ended",
    );
    await failed;
    expect(stderr).toContain("broken pack");
    engine.close();
  });

  test("that is cancelled before the engine has called it is never started", async () => {
    await pack('"no"');
    stop.abort();
    await run("cancelled");
  });
});

function answer<T>(
  call: (done: (error: Error | null, response: T) => void) => unknown,
): Promise<T> {
  return new Promise((resolve, reject) => {
    call((error, response) => {
      if (error) reject(error);
      else resolve(response);
    });
  });
}
