import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";

import * as grpc from "@grpc/grpc-js";
import * as serviceModule from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import * as messagesModule from "@pulumi/pulumi/proto/provider_pb.js";
import { afterAll, beforeAll, expect, test } from "vitest";

import { commonJs } from "../../docker/commonJs.ts";
import { tool } from "../../local/tools/tools.ts";

const { ResourceProviderClient } = commonJs(serviceModule);
const { ConstructRequest } = commonJs(messagesModule);

let provider: ChildProcess;
let client: serviceModule.ResourceProviderClient;

beforeAll(async () => {
  const program = join(await tool("pulumi-resource-kubernetes"), "pulumi-resource-kubernetes");
  // The address of a Pulumi engine, which it calls for log lines only.
  const child = spawn(program, ["127.0.0.1:9"], { stdio: ["ignore", "pipe", "inherit"] });
  provider = child;
  const [port] = (await once(createInterface({ input: child.stdout }), "line")) as [string];
  client = new ResourceProviderClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
}, 3_600_000);

afterAll(() => {
  client.close();
  provider.kill();
});

test("the Kubernetes provider refuses a component resource with what to do instead", async () => {
  const request = new ConstructRequest();
  request.setType("kubernetes:yaml/v2:ConfigGroup");
  const refused = new Promise((resolve, reject) => {
    client.construct(request, (error) => {
      if (error) reject(error);
      else resolve(undefined);
    });
  });
  await expect(refused).rejects.toThrow(
    /kubernetes:yaml\/v2:ConfigGroup is a component resource, and kubeFlower's build .* leaves those out — .*`pulumi plugin install resource kubernetes \d+\.\d+\.\d+/,
  );
});
