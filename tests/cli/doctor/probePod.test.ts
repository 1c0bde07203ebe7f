import { afterEach, beforeEach, expect, test } from "vitest";

import { ProbePod } from "../../../cli/doctor/probePod.ts";
import { FakeApi, type Given } from "../support/fakeApi.ts";

let api: FakeApi;
const said: string[] = [];
const ORDER = {
  image: "kubeflower:1",
  node: "node-1",
  target: { host: "10.0.0.9", port: 8081 },
  say: (line: string) => said.push(line),
};

beforeEach(async () => {
  api = await FakeApi.start();
});

afterEach(() => {
  api.stop();
});

/** Answers like a cluster whose probe pod ends as `container` says. */
function cluster(container: object, made: () => Given = () => ({})): void {
  api.answers = ({ method, path }) => {
    if (method === "POST") return path.endsWith("/pods") ? made() : {};
    return path.endsWith("/probe") ? { status: { containerStatuses: [container] } } : { items: [] };
  };
}

/** Names of namespaces that were made, and of those that were deleted. */
function traces(): { made: string[]; removed: string[] } {
  const made = api.asked
    .filter(({ method, path }) => method === "POST" && path === "/api/v1/namespaces")
    .map(({ object }) => (object as { metadata: { name: string } }).metadata.name);
  const removed = api.asked
    .filter(({ method }) => method === "DELETE")
    .map(({ path }) => path.replace("/api/v1/namespaces/", ""));
  return { made, removed };
}

test.each([
  [0, { target: false, control: false }],
  [1, { target: true, control: false }],
  [2, { target: false, control: true }],
  [3, { target: true, control: true }],
  [137, "it ended with 137"],
])("a pod that ends with %d tells what it reached, and is removed", async (exitCode, reached) => {
  cluster({ state: { terminated: { exitCode } } });
  expect(await new ProbePod(api.client(), ORDER).reach()).toEqual(reached);
  const { made, removed } = traces();
  expect(made).toHaveLength(1);
  expect(removed).toEqual(made);
  expect(said.at(-1)).toBe(`the probe runs in namespace ${made[0]}, which is removed again`);
});

test("a pod that does not start, or is refused, is told and removed", async () => {
  cluster({ state: { waiting: { reason: "ErrImagePull", message: "no such\nimage" } } });
  expect(await new ProbePod(api.client(), ORDER).reach()).toBe("ErrImagePull no such image");
  cluster({}, () => 403);
  expect(await new ProbePod(api.client(), ORDER).reach()).toContain("the API server answers 403");
  cluster({});
  expect(await new ProbePod(api.client(), ORDER, 0).reach()).toBe("it has not ended within 60 s");
  const { made, removed } = traces();
  expect(made).toHaveLength(3);
  expect(removed).toEqual(made);
});

test("a namespace that was refused is not deleted, one that stays is told with the command", async () => {
  api.answers = ({ method }) => (method === "POST" ? 403 : { items: [] });
  expect(await new ProbePod(api.client(), ORDER).reach()).toContain("the API server answers 403");
  expect(traces().removed).toEqual([]);
  api.answers = ({ method, path }) => {
    if (method === "DELETE") return 500;
    return path.endsWith("/pods") ? 403 : { items: [] };
  };
  const left = new ProbePod(api.client(), ORDER).reach();
  await expect(left).rejects.toThrow(
    /^the probe's namespace (\S+) is still there: the API server has a fault: it answers 500 — kubectl delete namespace \1$/,
  );
});

test("what a killed probe has left is removed by the next", async () => {
  const of = (name: string, age: number) => ({
    metadata: { name, creationTimestamp: new Date(Date.now() - age * 1000).toISOString() },
  });
  api.answers = ({ method }) => {
    if (method === "POST") return 403;
    return { items: [of("kubeflower-doctor-old", 200), of("kubeflower-doctor-busy", 20)] };
  };
  await new ProbePod(api.client(), ORDER).reach();
  expect(traces().removed).toEqual(["kubeflower-doctor-old"]);
});

test("Ctrl-C ends the probe, and what it made is removed first", async () => {
  cluster({ state: { running: {} } });
  const before = process.listenerCount("SIGINT");
  const reach = new ProbePod(api.client(), ORDER).reach();
  const told = expect(reach).rejects.toThrow(
    "the probe was stopped, and what it had made is removed",
  );
  while (!api.asked.some(({ path }) => path.endsWith("/probe"))) {
    await new Promise((done) => setTimeout(done, 5));
  }
  process.emit("SIGINT");
  await told;
  const { made, removed } = traces();
  expect(removed).toEqual(made);
  expect(process.listenerCount("SIGINT")).toBe(before);
});
