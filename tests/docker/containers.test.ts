import { afterEach, beforeEach, expect, it } from "vitest";

import { execute, findContainer } from "../../docker/containers.ts";
import { DockerApi } from "../../docker/dockerApi.ts";
import { FakeDocker } from "../support/fakeDocker.ts";

let fake: FakeDocker;
let docker: DockerApi;

beforeEach(async () => {
  fake = await FakeDocker.start();
  docker = await DockerApi.connect({ host: fake.host });
});

afterEach(() => {
  fake.stop();
});

it("finds a container with its labels, whether it runs, and none of another name", async () => {
  fake.containers = { node: { labels: { a: "b" } }, old: { running: false } };
  expect(await findContainer(docker, "node")).toEqual({ running: true, labels: { a: "b" } });
  expect(await findContainer(docker, "old")).toEqual({ running: false, labels: {} });
  expect(await findContainer(docker, "other")).toBeUndefined();
});

it("runs a program in a container, and tells its exit code and each of its streams", async () => {
  const program = ([name = "", ...args]: readonly string[]) =>
    name === "echo" ? { code: 0, text: args.join("|") } : { code: 3, text: `no ${name}` };
  fake.containers = { node: { program } };
  expect(await execute(docker, "node", ["echo", "a b", "c"])).toEqual({
    code: 0,
    stdout: "a b|c",
    stderr: "",
  });
  expect(await execute(docker, "node", ["ech"])).toEqual({
    code: 3,
    stdout: "",
    stderr: "no ech",
  });
  await expect(execute(docker, "other", ["echo"])).rejects.toThrow("No such container");
});
