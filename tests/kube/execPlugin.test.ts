import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";

import { Hopeless, Unreachable } from "../../kube/errors.ts";
import { ExecPlugin, type ExecEntry } from "../../kube/execPlugin.ts";
import { TlsApi } from "./support/tlsApi.ts";

const apiVersion = "client.authentication.k8s.io/v1";
let folder: string;
let runs: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "exec-"));
  runs = join(folder, "runs");
});

beforeEach(() => {
  writeFileSync(runs, "");
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** Writes a plugin that notes what it is told, and does this; returns its entry. */
function plugin(does: string, changes: Partial<ExecEntry> = {}): ExecEntry {
  const command = join(folder, "aws");
  const lines = ["#!/bin/sh", `echo "$KUBERNETES_EXEC_INFO" >> ${runs}`, does];
  writeFileSync(command, lines.join("\n"), { mode: 0o755 });
  return { apiVersion, command, ...changes };
}

/** Script that prints this status. */
function prints(status: object, version = apiVersion): string {
  return `cat <<'END'\n${JSON.stringify({ kind: "ExecCredential", apiVersion: version, status })}\nEND`;
}

/** What the plugin was told, a line a run. */
function told(): unknown[] {
  const lines = readFileSync(runs, "utf8").split("\n").filter(Boolean);
  return lines.map((line) => JSON.parse(line) as unknown);
}

test("credentials are kept until they expire, or are forgotten", async () => {
  const kept = new ExecPlugin(plugin(prints({ token: "t" })), {});
  expect(await kept.credentials()).toEqual({ token: "t" });
  await kept.credentials();
  expect(told()).toHaveLength(1);
  kept.forget();
  await kept.credentials();
  expect(told()).toHaveLength(2);
  for (const [end, times] of [
    [Date.now() + 60_000, 3],
    [Date.now() - 1000, 5],
  ] as const) {
    const status = { token: "t", expirationTimestamp: new Date(end).toISOString() };
    const short = new ExecPlugin(plugin(prints(status)), {});
    await short.credentials();
    await short.credentials();
    expect(told()).toHaveLength(times);
  }
});

test("a plugin is told its version, and the cluster when it asks for that", async () => {
  const cluster = {
    server: "https://api.lab",
    "certificate-authority": join(folder, "ca.crt"),
    extensions: [
      { name: "client.authentication.k8s.io/exec", extension: { audience: "lab" } },
      { name: "other", extension: {} },
    ],
  };
  writeFileSync(join(folder, "ca.crt"), "ca");
  const does = prints({ token: "t" });
  await new ExecPlugin(plugin(does), cluster).credentials();
  await new ExecPlugin(plugin(does, { provideClusterInfo: true }), cluster).credentials();
  const known = {
    server: "https://api.lab",
    "certificate-authority-data": Buffer.from("ca").toString("base64"),
    config: { audience: "lab" },
  };
  const document = { kind: "ExecCredential", apiVersion };
  expect(told()).toEqual([
    { ...document, spec: { interactive: false } },
    { ...document, spec: { cluster: known, interactive: false } },
  ]);
});

test("a plugin gets its arguments and variables, and no input", async () => {
  const does = `cat >/dev/null; echo '{"kind":"ExecCredential","apiVersion":"${apiVersion}","status":{"token":"'"$1-$NAME"'"}}'`;
  const entry = plugin(does, { args: ["one"], env: [{ name: "NAME", value: "two" }] });
  expect(await new ExecPlugin(entry, {}).credentials()).toEqual({ token: "one-two" });
});

test("a login that the API server does not accept is made anew, once", async () => {
  const api = await TlsApi.start();
  const count = join(folder, "count");
  writeFileSync(count, "");
  const does = `echo x >> ${count}; n=$(wc -l < ${count}); echo '{"kind":"ExecCredential","apiVersion":"${apiVersion}","status":{"token":"'$n'"}}'`;
  const client = api.client({ exec: plugin(does) });
  api.reply = ({ headers }) => (headers.authorization === "Bearer 1" ? 401 : 200);
  await client.get("/");
  api.reply = () => 401;
  await expect(client.get("/")).rejects.toThrow(
    "context lab is not let in (401): the cluster does not accept what aws gives — log in again: aws sso login",
  );
  expect(api.asked.map(({ authorization }) => authorization)).toEqual([
    "Bearer 1",
    "Bearer 2",
    "Bearer 2",
    "Bearer 3",
  ]);
  api.stop();
});

test.each([
  ["echo no SSO session >&2; exit 3", "aws gives no login (no SSO session)"],
  ["exit 3", "aws gives no login (exit 3)"],
  ["echo hello", "aws gives no login (it prints no JSON)"],
  [
    "echo null",
    "aws gives no login (it prints no apiVersion, not client.authentication.k8s.io/v1)",
  ],
  [prints({}), "aws gives no login (it prints neither a token nor a certificate with its key)"],
  [
    prints({ token: "t" }, "client.authentication.k8s.io/v1beta1"),
    "aws gives no login (it prints client.authentication.k8s.io/v1beta1, not client.authentication.k8s.io/v1)",
  ],
])("a plugin that gives no login is told with how to log in: %s", async (does, message) => {
  const fault: unknown = await new ExecPlugin(plugin(does), {})
    .credentials()
    .catch((error: unknown) => error);
  expect(fault).toBeInstanceOf(Unreachable);
  expect(fault).toMatchObject({ message, remedy: "log in again: aws sso login" });
});

test.each([
  [
    { command: "no-such-program", installHint: "get it\nfrom here." },
    "the kubeconfig gets its login from no-such-program, which is not installed — it must be in the PATH — install it: get it from here",
  ],
  [
    { command: "" },
    "the kubeconfig's user has an exec plugin without a command — it is the program that gives the login — write the kubeconfig anew by the cloud's command",
  ],
  [
    { apiVersion: "client.authentication.k8s.io/v1alpha1" },
    "the kubeconfig's plugin aws is of client.authentication.k8s.io/v1alpha1 — it must be client.authentication.k8s.io/v1 or client.authentication.k8s.io/v1beta1 — write the kubeconfig anew by a newer version of the cloud's command",
  ],
])("a plugin that cannot be run is told: %j", async (changes, message) => {
  const fault = new ExecPlugin(plugin("", changes), {}).credentials();
  await expect(fault).rejects.toThrow(Hopeless);
  await expect(fault).rejects.toThrow(message);
});

test("a plugin that always asks is told of where no terminal is there", async () => {
  const entry = plugin("", { interactiveMode: "Always" });
  await expect(new ExecPlugin(entry, {}).credentials()).rejects.toThrow(
    "aws gives no login (it asks for input, and no terminal is there)",
  );
});
