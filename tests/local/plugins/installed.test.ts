import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

import grpc from "@grpc/grpc-js";
import engineGrpc from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import engineMessages, { type LogRequest } from "@pulumi/pulumi/proto/engine_pb.js";
import languageGrpc from "@pulumi/pulumi/proto/language_grpc_pb.js";
import language, { type RunResponse } from "@pulumi/pulumi/proto/language_pb.js";
import providerGrpc from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import provider, { type CreateResponse } from "@pulumi/pulumi/proto/provider_pb.js";
import resourceGrpc from "@pulumi/pulumi/proto/resource_grpc_pb.js";
import resource, {
  type RegisterResourceRequest,
  type SupportsFeatureRequest,
} from "@pulumi/pulumi/proto/resource_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import struct from "google-protobuf/google/protobuf/struct_pb.js";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";

import { project } from "../../../local/tools/folders.ts";
import { installedVersion } from "../../../local/plugins/bundle.ts";
import { install } from "../../../local/plugins/install.ts";

const URN = "urn:pulumi:dev::demo::command:local:Command::hello";

let folder: string;
let home: string;
let engineAddress: string;
const engine = new grpc.Server();
const said: { message: string; ephemeral: boolean }[] = [];
const started: ChildProcess[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "plugins-"));
  home = join(folder, "home");
  await mkdir(join(folder, "binaries"));
  await writeFile(join(folder, "binaries/pulumi-resource-kubernetes"), "");
  await install(home, join(folder, "binaries"));
  serveEngine();
  const port = await new Promise<number>((bound, failed) => {
    engine.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, number) => {
      if (error) failed(error);
      else bound(number);
    });
  });
  engineAddress = `127.0.0.1:${port}`;
});

beforeEach(() => {
  said.length = 0;
});

afterAll(async () => {
  for (const child of started) child.kill();
  engine.forceShutdown();
  await rm(folder, { recursive: true });
});

test("a second install puts nothing there again", async () => {
  expect(await install(home, join(folder, "binaries"))).toEqual([]);
});

describe("the installed command plugin", () => {
  test("shows a command's lines live and gives its output without the last line's end", async () => {
    const created = await create({
      create: 'echo one; echo "$WORD"',
      environment: { WORD: "two" },
    });

    expect(created.getId()).toMatch(/^hello[0-9a-f]{8}$/);
    expect(created.getProperties()?.toJavaScript()).toMatchObject({
      stdout: "one\ntwo",
      stderr: "",
    });
    expect(said).toEqual([
      { message: "one", ephemeral: true },
      { message: "two", ephemeral: true },
    ]);
  });

  test("fails with the command, its exit status and what it printed", async () => {
    await expect(create({ create: "echo sorry >&2; exit 3" })).rejects.toThrow(
      'exit status 3: running "echo sorry >&2; exit 3":\nsorry\n',
    );
  });
});

describe("the installed language host", () => {
  test("runs a program to its end with its configuration", async () => {
    const ended = await run(
      'import { Config, log } from "@pulumi/pulumi"; await log.info(new Config().require("word"));',
    );

    expect(ended.toObject()).toEqual({ error: "", bail: false });
    expect(said.map(({ message }) => message)).toEqual(["from config"]);
  });

  test("says nothing more of a program that has said itself what is wrong", async () => {
    const ended = await run("process.exit(32);");

    expect(ended.toObject()).toEqual({ error: "", bail: true });
  });

  test("reports a program that ends itself with its exit code", async () => {
    const ended = await run("process.exit(7);");

    expect(ended.toObject()).toEqual({
      error: "Program exited with non-zero exit code: 7",
      bail: false,
    });
  });
});

/** The engine's side: keeps what is said, and lets a program register its stack. */
function serveEngine(): void {
  engine.addService(engineGrpc.EngineService, {
    log: ((call, answer) => {
      if (call.request.getSeverity() !== engineMessages.LogSeverity.DEBUG) {
        said.push({ message: call.request.getMessage(), ephemeral: call.request.getEphemeral() });
      }
      answer(null, new empty.Empty());
    }) satisfies grpc.handleUnaryCall<LogRequest, unknown>,
  });
  engine.addService(resourceGrpc.ResourceMonitorService, {
    supportsFeature: ((_, answer) => {
      answer(null, new resource.SupportsFeatureResponse());
    }) satisfies grpc.handleUnaryCall<SupportsFeatureRequest, unknown>,
    registerResource: ((_, answer) => {
      answer(null, new resource.RegisterResourceResponse().setUrn("urn:pulumi:dev::demo::s::s"));
    }) satisfies grpc.handleUnaryCall<RegisterResourceRequest, unknown>,
    registerResourceOutputs: ((_, answer) => {
      answer(null, new empty.Empty());
    }) satisfies grpc.handleUnaryCall<unknown, unknown>,
  });
}

async function create(inputs: Record<string, struct.JavaScriptValue>): Promise<CreateResponse> {
  const address = await start("resource-command", "pulumi-resource-command", "@pulumi/command");
  const client = new providerGrpc.ResourceProviderClient(
    address,
    grpc.credentials.createInsecure(),
  );
  const request = new provider.CreateRequest()
    .setUrn(URN)
    .setProperties(struct.Struct.fromJavaScript(inputs));
  return new Promise((done, failed) => {
    client.create(request, (error: Error | null, response: CreateResponse) => {
      client.close();
      if (error) failed(error);
      else done(response);
    });
  });
}

/** Runs a program with `word` configured. */
async function run(text: string): Promise<RunResponse> {
  const program = await mkdtemp(join(folder, "program-"));
  await symlink(join(project, "node_modules"), join(program, "node_modules"));
  await writeFile(join(program, "package.json"), '{"type": "module", "main": "index.js"}');
  await writeFile(join(program, "index.js"), text);
  const address = await start("language-nodejs", "pulumi-language-nodejs", "@pulumi/pulumi");
  const client = new languageGrpc.LanguageRuntimeClient(address, grpc.credentials.createInsecure());
  const request = new language.RunRequest()
    .setProject("demo")
    .setStack("dev")
    .setPwd(program)
    .setParallel(1)
    .setMonitorAddress(engineAddress)
    .setInfo(
      new language.ProgramInfo()
        .setRootDirectory(program)
        .setProgramDirectory(program)
        .setEntryPoint(".")
        .setOptions(struct.Struct.fromJavaScript({ typescript: false })),
    );
  request.getConfigMap().set("demo:word", "from config");
  return new Promise((done, failed) => {
    client.run(request, (error: Error | null, response: RunResponse) => {
      client.close();
      if (error) failed(error);
      else done(response);
    });
  });
}

/** Starts a plugin as the engine does, and gives the address it serves at. */
async function start(plugin: string, name: string, npm: string): Promise<string> {
  const launcher = join(home, "plugins", `${plugin}-v${await installedVersion(npm)}`, name);
  const child = spawn(launcher, [engineAddress], { stdio: ["pipe", "pipe", "inherit"] });
  started.push(child);
  const [port] = (await once(createInterface(child.stdout), "line")) as [string];
  return `127.0.0.1:${port}`;
}
