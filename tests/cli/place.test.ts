import { createHash } from "node:crypto";
import { mkdir, mkdtemp, realpath, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect, test } from "vitest";

import { placeOf } from "../../cli/place.ts";

const CONFIG = { context: "lab", cluster: "remote", namespace: "mine" };

/** Makes a project with a stack `dev`, selected as Pulumi does it; returns its folder and environment. */
async function project(
  config: Readonly<Record<string, string>>,
  selected: object = { stacks: { "file:///b": "organization/kubeflower/dev" } },
): Promise<{ folder: string; env: NodeJS.ProcessEnv }> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), "place-")));
  const home = join(folder, "home");
  await mkdir(join(home, "workspaces"), { recursive: true });
  await mkdir(join(folder, "deep"));
  await writeFile(join(folder, "Pulumi.yaml"), "name: kubeflower\n");
  const lines = Object.entries(config).map(([key, value]) => `  kubeflower:${key}: ${value}\n`);
  await writeFile(join(folder, "Pulumi.dev.yaml"), `config:\n${lines.join("")}`);
  const digest = createHash("sha1").update(join(folder, "Pulumi.yaml")).digest("hex");
  const file = join(home, "workspaces", `kubeflower-${digest}-workspace.json`);
  await writeFile(file, JSON.stringify(selected));
  return { folder, env: { PULUMI_HOME: home } };
}

test("options say where a federation is, and need no stack", async () => {
  expect(await placeOf({ context: "a" }, "/", {})).toEqual({
    context: "a",
    namespace: "kubeflower",
  });
  expect(await placeOf({ context: "a", namespace: "b" }, "/", {})).toEqual({
    context: "a",
    namespace: "b",
  });
});

test("the selected stack says it in its folder and below, also through a link", async () => {
  const { folder, env } = await project(CONFIG);
  const place = { context: "lab", namespace: "mine" };
  expect(await placeOf({}, folder, env)).toEqual(place);
  expect(await placeOf({}, join(folder, "deep"), env)).toEqual(place);
  expect(await placeOf({ namespace: "other" }, folder, env)).toEqual({
    context: "lab",
    namespace: "other",
  });
  const link = join(folder, "link");
  await symlink(folder, link);
  expect(await placeOf({}, link, env)).toEqual(place);
});

test("a stack that sets nothing is on minikube", async () => {
  const { folder, env } = await project({});
  expect(await placeOf({}, folder, env)).toEqual({ context: "minikube", namespace: "kubeflower" });
});

test("of several backends the one that is logged in to counts; PULUMI_STACK comes first", async () => {
  const stacks = {
    "file:///a": "organization/kubeflower/no",
    "file:///b": "organization/kubeflower/dev",
  };
  const { folder, env } = await project(CONFIG, { stacks });
  const backend = { ...env, PULUMI_BACKEND_URL: "file:///b" };
  expect(await placeOf({}, folder, backend)).toMatchObject({ context: "lab" });
  expect(await placeOf({}, folder, { ...env, PULUMI_STACK: "dev" })).toMatchObject({
    context: "lab",
  });
});

test("without a stack, or one without its context, it is told what to pass", async () => {
  const { folder, env } = await project({ cluster: "remote" });
  const remedy =
    "stand in the folder of your stack and select it (`pulumi stack select`), or pass --context and --namespace";
  await expect(placeOf({}, folder, env)).rejects.toThrow(
    `stack dev of ${folder} has no context — ${remedy}`,
  );
  await expect(placeOf({}, tmpdir(), env)).rejects.toThrow(
    `no stack is selected in ${tmpdir()} — ${remedy}`,
  );
});
