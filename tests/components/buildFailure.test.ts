import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";

import * as pulumi from "@pulumi/pulumi";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { buildFailureHook } from "../../components/buildFailure.ts";
import { recordResources, settled } from "../support/mocks.ts";

const FAILED = "error reading build output: process did not complete successfully: exit code: 1";
const SENTENCE =
  "the app's dependencies do not go together: the app asks for a<1, b asks for a>1 — allowed: versions that do — correct `dependencies` in the app's pyproject.toml";
let folder: string;
let docker: Server;
let answer: object[];
/** Builds that Docker was asked for. */
let builds: number;
/** Errors that were logged; they stay on screen. */
let told: string[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "failure-"));
  await writeFile(join(folder, "Dockerfile"), "FROM scratch\n");
  [answer, builds, told] = [[], 0, []];
  docker = createServer((request, response) => {
    request.resume().on("end", () => {
      const isBuild = request.url?.includes("/build") === true;
      builds += isBuild ? 1 : 0;
      const lines = isBuild ? answer : [{}];
      response.end(lines.map((line) => JSON.stringify(line)).join("\n"));
    });
  });
  await new Promise<void>((resolve) => docker.listen(join(folder, "socket"), resolve));
  vi.stubEnv("DOCKER_HOST", `unix://${folder}/socket`);
  vi.spyOn(pulumi.log, "error").mockImplementation((message) => {
    told.push(message);
    return Promise.resolve();
  });
  recordResources(false);
});

afterEach(async () => {
  await settled();
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  docker.close();
  await rm(folder, { recursive: true });
});

/** Tells the hook of a build that ended with this error; returns whether it is to be tried again. */
async function failed(error: string): Promise<boolean> {
  const resource = new pulumi.ComponentResource("kubeflower:index:AppImage", "image");
  const dockerfile = join(folder, "Dockerfile");
  // The classic builder is asked over plain HTTP, so that a small server can play it.
  const build = { context: folder, dockerfile, builderVersion: "BuilderV1" } as const;
  const hook = buildFailureHook("failure", { imageName: "image:1", build }, resource);
  return hook.callback({ errors: [error] } as pulumi.ErrorHookArgs);
}

it("tells the sentence of a refusal of the app's dependencies", async () => {
  answer = [
    { stream: "a==1 is the image's\n" },
    { stream: `error: ${SENTENCE}\n` },
    { error: "process did not complete successfully: exit code: 1" },
  ];
  expect(await failed(FAILED)).toBe(false);
  expect(told).toEqual([SENTENCE]);
});

it("tells the last lines of any other step", async () => {
  answer = [{ stream: "E: Unable to locate package python3\n" }, { error: "exit code: 100" }];
  await failed("error reading build output: exit code: 100");
  expect(told).toEqual(["the image's build ended with:\nE: Unable to locate package python3"]);
});

it("asks for another update when the build now goes through", async () => {
  answer = [{ stream: "done\n" }];
  expect(await failed(FAILED)).toBe(false);
  expect(builds).toBe(1);
  expect(told).toEqual([
    "the image's build failed, and has just gone through — run `pulumi up` again",
  ]);
});

it("builds nothing for a failure that tells its reason, as that of a push does", async () => {
  await failed("denied: requested access to the resource is denied");
  expect([builds, told]).toEqual([0, []]);
});

it("names the command that prints the reason where Docker cannot be asked from here", async () => {
  vi.stubEnv("DOCKER_HOST", "ssh://me@far");
  expect(await failed(FAILED)).toBe(false);
  expect(told).toEqual([
    `what the image's build said is not known here — \`docker build --network host ${folder}\` prints it`,
  ]);
});
