import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, delimiter, join } from "node:path";
import { promisify } from "node:util";

import { afterAll, beforeAll, expect, test } from "vitest";

import { type Entry, kubeconfigFiles, readKubeconfig } from "../../kube/kubeconfig.ts";
import { tool } from "../../local/tools/tools.ts";
import { randomKubeconfigs } from "./support/kubeconfigFuzz.ts";

const run = promisify(execFile);
const SEEDS = Array.from({ length: 40 }, (_, seed) => seed);
let kubectl: string;
let folder: string;

beforeAll(async () => {
  kubectl = join(await tool("kube"), "kubectl");
  folder = await mkdtemp(join(tmpdir(), "kubeconfigs-"));
});

afterAll(() => rm(folder, { recursive: true }));

interface View {
  readonly clusters: readonly { readonly name: string; readonly cluster: Entry }[] | null;
  readonly users: readonly { readonly name: string; readonly user: Entry }[] | null;
  readonly contexts: readonly { readonly name: string; readonly context: Entry }[] | null;
  readonly "current-context": string;
}

/** Reads the files by kubectl; undefined when it refuses them. */
async function kubectlView(KUBECONFIG: string): Promise<object | undefined> {
  const env = { ...process.env, KUBECONFIG };
  const args = ["config", "view", "--raw", "--flatten", "-o", "json"];
  const ended = await run(kubectl, args, { env }).catch(() => undefined);
  if (ended === undefined) return undefined;
  const { clusters, users, contexts, ...rest } = JSON.parse(ended.stdout) as View;
  return {
    clusters: byName(clusters, ({ cluster }) => cluster),
    users: byName(users, ({ user }) => user),
    contexts: byName(contexts, ({ context }) => context),
    current: rest["current-context"],
  };
}

function byName<T extends { readonly name: string }>(
  list: readonly T[] | null,
  pick: (item: T) => Entry,
): object {
  return Object.fromEntries((list ?? []).map((item) => [item.name, said(pick(item))]));
}

/**
 * The entry with files as data, as kubectl flattens them, and without values that say nothing, which
 * kubectl leaves out. It prints other paths as their files have them, so only their ends are compared.
 */
function said(entry: Entry): Entry {
  const all = Object.entries(entry).map(([key, value]) => {
    if (key === "exec") return [key, said(value as Entry)];
    if (["tokenFile", "command"].includes(key)) return [key, basename(value as string)];
    const isFile = /^(certificate-authority|client-certificate|client-key)$/.test(key) && value;
    return isFile ? [`${key}-data`, readFileSync(value as string, "base64")] : [key, value];
  });
  return Object.fromEntries(all.filter(([, value]) => Boolean(value))) as Entry;
}

function ourView(KUBECONFIG: string): object | undefined {
  try {
    const { clusters, users, contexts, current } = readKubeconfig(kubeconfigFiles({ KUBECONFIG }));
    const plain = (part: ReadonlyMap<string, Entry>): object =>
      Object.fromEntries([...part].map(([name, entry]) => [name, said(entry)]));
    return { clusters: plain(clusters), users: plain(users), contexts: plain(contexts), current };
  } catch {
    return undefined;
  }
}

test("kubeconfig files are merged as kubectl merges them", async () => {
  const views = await Promise.all(
    SEEDS.map(async (seed) => {
      const KUBECONFIG = (await randomKubeconfigs(folder, seed)).join(delimiter);
      return [seed, ourView(KUBECONFIG), await kubectlView(KUBECONFIG)] as const;
    }),
  );
  for (const [seed, ours, theirs] of views) expect([seed, ours]).toEqual([seed, theirs]);
  // Both kinds were met.
  expect(new Set(views.map(([, , theirs]) => theirs === undefined))).toEqual(
    new Set([true, false]),
  );
});
