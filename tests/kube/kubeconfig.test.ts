import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { delimiter, join } from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import { NoContext } from "../../kube/errors.ts";
import { entriesOf, kubeconfigFiles, readKubeconfig } from "../../kube/kubeconfig.ts";

// tests/e2e/kubeconfig.test.ts compares the merging with kubectl's own.

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "kubeconfig-"));
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** Writes a kubeconfig in a folder of its own; returns its path. */
function write(name: string, content: object | string): string {
  mkdirSync(join(folder, name), { recursive: true });
  const file = join(folder, name, "config");
  writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
  return file;
}

test("the files are those of $KUBECONFIG, each once, else the one at home", () => {
  const KUBECONFIG = ["a", "", "b", "a"].join(delimiter);
  expect(kubeconfigFiles({ KUBECONFIG })).toEqual(["a", "b"]);
  const home = [join(homedir(), ".kube", "config")];
  expect(kubeconfigFiles({})).toEqual(home);
  expect(kubeconfigFiles({ KUBECONFIG: "" })).toEqual(home);
});

test("the first file with a name counts as a whole, and a missing file is skipped", () => {
  const first = write("first", {
    clusters: [{ name: "lab", cluster: { server: "https://first" } }],
    contexts: [{ name: "one", context: { cluster: "lab", user: "me" } }],
  });
  const second = write("second", {
    clusters: [
      { name: "lab", cluster: { server: "https://second", "tls-server-name": "lab" } },
      { name: "far", cluster: { server: "https://far" } },
    ],
    contexts: [{ name: "one", context: { cluster: "far" } }],
    users: [{ name: "me", user: { token: "second" } }],
    "current-context": "one",
  });
  const config = readKubeconfig([join(folder, "missing"), first, second]);
  expect(config.current).toBe("one");
  expect(entriesOf(config, "one")).toEqual({
    cluster: { server: "https://first" },
    user: { token: "second" },
  });
  expect(config.clusters.get("far")).toEqual({ server: "https://far" });
});

test("a relative path begins at the folder of its file, a command only when it has a slash", () => {
  const exec = (command: string) => ({ name: command, user: { exec: { command } } });
  const file = write("paths", {
    clusters: [{ name: "lab", cluster: { server: "x", "certificate-authority": "ca.crt" } }],
    users: [
      { name: "files", user: { "client-certificate": "../me.crt", "client-key": "/me.key" } },
      { name: "token", user: { tokenFile: "token" } },
      exec("aws"),
      exec("bin/aws"),
    ],
  });
  const { clusters, users } = readKubeconfig([file]);
  expect(clusters.get("lab")).toMatchObject({
    "certificate-authority": join(folder, "paths/ca.crt"),
  });
  expect(Object.fromEntries(users)).toEqual({
    files: { "client-certificate": join(folder, "me.crt"), "client-key": "/me.key" },
    token: { tokenFile: join(folder, "paths/token") },
    aws: { exec: { command: "aws" } },
    "bin/aws": { exec: { command: join(folder, "paths/bin/aws") } },
  });
});

test.each(["", "# nothing", "{}", "clusters: null"])("a file of %j has no entries", (text) => {
  expect(readKubeconfig([write("empty", text)]).clusters.size).toBe(0);
});

test("a file that kubectl could not read either is named", () => {
  const twice = { name: "lab", cluster: { server: "x" } };
  const file = write("twice", { clusters: [twice, twice] });
  const rest = `it must be YAML that kubectl can read — correct ${file}`;
  expect(() => readKubeconfig([file])).toThrow(
    `the kubeconfig cannot be read (clusters has "lab" twice) — ${rest}`,
  );
  expect(() => readKubeconfig([write("broken", "{")])).toThrow(
    /^the kubeconfig cannot be read \(.+\) — it must be YAML that kubectl can read — correct .+broken.config$/,
  );
  expect(() => readKubeconfig([write("text", "hello")])).toThrow(
    "the kubeconfig cannot be read (it is no object of keys and values) — ",
  );
  expect(() => readKubeconfig([folder])).toThrow(/EISDIR.* — correct /);
});

test("the first document counts, and of a key that is there twice the last, as for kubectl", () => {
  const text = "current-context: a\ncurrent-context: b\n---\ncurrent-context: c\n";
  expect(readKubeconfig([write("more", text)]).current).toBe("b");
});

test("files of which none is there are named where a context is missing", () => {
  const files = [join(folder, "gone"), join(folder, "gone too")];
  const config = readKubeconfig(files);
  expect(() => entriesOf(config, "lab")).toThrow(
    `context lab is not in the kubeconfig — there are: none, as no file is at ${files.join(" or ")} — export KUBECONFIG=<file>, or pulumi config set context <name>`,
  );
});

test("a context that is missing, or names what is missing, is told", () => {
  const config = readKubeconfig([
    write("dangling", {
      contexts: [
        { name: "a", context: { cluster: "gone", user: "gone" } },
        { name: "b", context: { cluster: "lab", user: "gone" } },
        { name: "c", context: { cluster: "lab" } },
      ],
      clusters: [{ name: "lab", cluster: { server: "https://lab" } }],
    }),
  ]);
  expect(() => entriesOf(config, "other")).toThrow(NoContext);
  expect(() => entriesOf(config, "a")).toThrow(
    'context a is of cluster "gone", and the kubeconfig has no such cluster with a server — a context needs both — correct it: kubectl config set-context a --cluster NAME',
  );
  expect(() => entriesOf(config, "b")).toThrow(
    'context b is of user "gone", and the kubeconfig has no such user — a context needs both — correct it: kubectl config set-context b --user NAME',
  );
  expect(entriesOf(config, "c")).toEqual({ cluster: { server: "https://lab" }, user: {} });
});
