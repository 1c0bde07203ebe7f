import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { parse } from "yaml";

import { addContext, removeContext, userKubeconfig } from "../../../local/cluster/kubeconfig.ts";

const entries = { cluster: { server: "https://10.0.0.1:6443" }, user: { token: "t" } };
const foreign = `# mine
apiVersion: v1
kind: Config
clusters: [{ name: work, cluster: { server: "https://work" } }]
users:
  - name: me # my own
    user: { token: secret }
contexts:
  - { name: work, context: { cluster: work, user: me } }
current-context: work
`;
let folder: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "kubeconfig-"));
  file = join(folder, "sub", "config");
  vi.stubEnv("KUBECONFIG", `${file}:${join(folder, "other")}`);
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

test("the first file of $KUBECONFIG is the user's", () => {
  expect(userKubeconfig()).toBe(file);
});

test("a missing file is made, readable by its owner alone, with our entries and current context", async () => {
  expect(await addContext("kf", entries)).toBeUndefined();
  expect(parse(await readFile(file, "utf8"))).toEqual({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "kf", cluster: entries.cluster }],
    users: [{ name: "kf", user: entries.user }],
    contexts: [{ name: "kf", context: { cluster: "kf", user: "kf" } }],
    "current-context": "kf",
  });
  expect((await stat(file)).mode & 0o777).toBe(0o600);
});

test("adding twice and removing leaves foreign entries, comments and the current context as they were", async () => {
  await addContext("kf", entries);
  await writeFile(file, foreign);
  expect(await addContext("kf", entries)).toBe("work");
  expect(await addContext("kf", entries)).toBeUndefined();
  await removeContext("kf", "work");
  const text = await readFile(file, "utf8");
  expect(parse(text)).toEqual(parse(foreign));
  expect(text).toContain("# mine");
  expect(text).toContain("# my own");
});

test("removing keeps a current context that the user chose in the meantime", async () => {
  await addContext("kf", entries);
  await writeFile(
    file,
    (await readFile(file, "utf8")).replace("context: kf\n", "context: other\n"),
  );
  await removeContext("kf", undefined);
  expect((parse(await readFile(file, "utf8")) as Record<string, unknown>)["current-context"]).toBe(
    "other",
  );
});

test("a file that isn't YAML is refused and left as it is", async () => {
  await addContext("kf", entries);
  await writeFile(file, "a: [b");
  await expect(addContext("kf", entries)).rejects.toThrow(
    `${file} is not YAML and was left as it is`,
  );
  expect(await readFile(file, "utf8")).toBe("a: [b");
});
