import grpc from "@grpc/grpc-js";
import analyzerGrpc from "@pulumi/pulumi/proto/analyzer_grpc_pb.js";
import analyzer from "@pulumi/pulumi/proto/analyzer_pb.js";
import plugins, { type PluginInfo } from "@pulumi/pulumi/proto/plugin_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import { afterEach, beforeEach, expect, test } from "vitest";

import { PolicyProxy } from "../../../../local/plugins/nodejs/policyProxy.ts";

const never = new AbortController().signal;
let proxy: PolicyProxy;
let engine: analyzerGrpc.AnalyzerClient;
let pack: grpc.Server;
let packPort: number;

beforeEach(async () => {
  proxy = await PolicyProxy.start();
  engine = new analyzerGrpc.AnalyzerClient(
    `127.0.0.1:${proxy.port}`,
    grpc.credentials.createInsecure(),
  );
  pack = new grpc.Server();
  packPort = await new Promise((bound, failed) => {
    pack.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
      if (error) failed(error);
      else bound(port);
    });
  });
});

afterEach(() => {
  engine.close();
  proxy.stop();
  pack.forceShutdown();
});

/** A pack that answers these calls and knows of no other. */
function serve(calls: grpc.UntypedServiceImplementation): void {
  pack.addService(analyzerGrpc.AnalyzerService, {
    getPluginInfo: (_: unknown, answer: grpc.sendUnaryData<PluginInfo>) => {
      answer(null, new plugins.PluginInfo().setVersion("1.2.3"));
    },
    ...calls,
  });
}

function configure(): Promise<unknown> {
  const stack = new analyzer.AnalyzerStackConfigureRequest().setStack("dev");
  return new Promise((done, failed) => {
    engine.configureStack(stack, (error: Error | null, response: unknown) => {
      if (error) failed(error);
      else done(response);
    });
  });
}

function version(): Promise<string> {
  return new Promise((done, failed) => {
    engine.getPluginInfo(new empty.Empty(), (error: Error | null, info: PluginInfo) => {
      if (error) failed(error);
      else done(info.getVersion());
    });
  });
}

test("the stack's settings reach the pack before any call that waited for it", async () => {
  const calls: string[] = [];
  serve({
    configureStack: (
      call: grpc.ServerUnaryCall<
        InstanceType<typeof analyzer.AnalyzerStackConfigureRequest>,
        never
      >,
      answer: grpc.sendUnaryData<unknown>,
    ) => {
      calls.push(`configured for ${call.request.getStack()}`);
      answer(null, new analyzer.AnalyzerStackConfigureResponse());
    },
  });
  await configure();
  expect(await proxy.stackVariables(never)).toEqual({
    PULUMI_NODEJS_ORGANIZATION: "",
    PULUMI_NODEJS_PROJECT: "",
    PULUMI_NODEJS_STACK: "dev",
    PULUMI_NODEJS_DRY_RUN: "false",
    PULUMI_CONFIG: "{}",
  });
  const asked = version().then((it) => calls.push(`said ${it}`));
  proxy.attach(packPort);
  await asked;
  expect(calls).toEqual(["configured for dev", "said 1.2.3"]);
});

test("a pack that is too old to be told of the stack serves all the same", async () => {
  serve({});
  await configure();
  proxy.attach(packPort);
  expect(await version()).toBe("1.2.3");
});

test("there are no settings when the engine has no stack", async () => {
  serve({});
  const asked = version();
  expect(await proxy.stackVariables(never)).toEqual({});
  proxy.attach(packPort);
  expect(await asked).toBe("1.2.3");
});

test("a call that waits for a pack which will not come fails with the reason", async () => {
  const asked = version();
  await proxy.stackVariables(never);
  proxy.fail(new Error("the policy pack has ended"));
  await expect(asked).rejects.toThrow("the policy pack has ended");
});
