import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, join, resolve, sep } from "node:path";
import { parseAllDocuments } from "yaml";
import { Hopeless, NoContext, reasonOf } from "./errors.ts";
import { shapeFault } from "./kubeconfigShape.ts";
import { oneLine } from "./oneLine.ts";
import { shellWord } from "../contract/shellWord.ts";

/** Entry of a kubeconfig as its file has it, with absolute paths. */
export type Entry = Readonly<Record<string, unknown>>;

/** Entries of all files by name; the first file that has a name counts. */
export interface Kubeconfig {
  readonly clusters: ReadonlyMap<string, Entry>;
  readonly users: ReadonlyMap<string, Entry>;
  readonly contexts: ReadonlyMap<string, Entry>;
  /** Name of the current context; empty when no file has one. */
  readonly current: string;
  /** Files that were looked for, where none of them is there. */
  readonly absent: readonly string[];
}

/** Parts of a kubeconfig, the entries' key in each, and which of their texts are paths. */
const PARTS = {
  clusters: { key: "cluster", paths: ["certificate-authority"] },
  users: { key: "user", paths: ["client-certificate", "client-key", "tokenFile"] },
  contexts: { key: "context", paths: [] },
} as const;

type Part = keyof typeof PARTS;

/**
 * Lists the kubeconfig files of an environment: those of $KUBECONFIG, else ~/.kube/config.
 * https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/
 */
export function kubeconfigFiles({ KUBECONFIG }: NodeJS.ProcessEnv): string[] {
  if (!KUBECONFIG) return [join(homedir(), ".kube", "config")];
  return [...new Set(KUBECONFIG.split(delimiter))].filter(Boolean);
}

/**
 * Reads kubeconfig files and merges them as kubectl does. Missing files are skipped.
 * @throws Hopeless when a file cannot be read, or has a name twice
 */
export function readKubeconfig(files: readonly string[]): Kubeconfig {
  const all = files.flatMap((file) => readFile(file) ?? []);
  const merged = (part: Part): ReadonlyMap<string, Entry> =>
    new Map(all.toReversed().flatMap((one) => [...one[part]]));
  const current = all.map((one) => one.current).find(Boolean) ?? "";
  const [clusters, users] = [merged("clusters"), merged("users")];
  const absent = all.length === 0 ? files : [];
  return { clusters, users, contexts: merged("contexts"), current, absent };
}

/** A context with its cluster and its user. */
export interface ContextEntries {
  readonly cluster: Entry;
  readonly user: Entry;
}

/**
 * Finds a context's cluster and user; a context without a user has an empty one.
 * @throws NoContext when there is no such context, Hopeless when it names what is not there
 */
export function entriesOf(config: Kubeconfig, context: string): ContextEntries {
  const entry = config.contexts.get(context);
  if (entry === undefined) throw noContext(config, context);
  const names = entry as { readonly cluster?: string; readonly user?: string };
  const cluster = config.clusters.get(names.cluster ?? "");
  if (typeof cluster?.server !== "string") throw incomplete(context, "cluster", names.cluster);
  const user = names.user ? config.users.get(names.user) : {};
  if (user === undefined) throw incomplete(context, "user", names.user);
  return { cluster, user };
}

function noContext({ contexts, absent }: Kubeconfig, context: string): NoContext {
  return new NoContext(context, [...contexts.keys()], "", absent);
}

function incomplete(context: string, what: string, name = ""): Hopeless {
  const lack = what === "cluster" ? " with a server" : "";
  return new Hopeless(
    `context ${context} is of ${what} "${name}", and the kubeconfig has no such ${what}${lack} — a context needs both — correct it: kubectl config set-context ${shellWord(context)} --${what} NAME`,
  );
}

type Parts = Record<Part, Map<string, Entry>> & { current: string };

/** The entries of one file; undefined when it is not there. */
function readFile(file: string): Parts | undefined {
  try {
    const document = documentOf(readFileSync(file, "utf8"));
    const part = (name: Part) => entries(document[name], name, dirname(file));
    const { "current-context": current } = document;
    return {
      clusters: part("clusters"),
      users: part("users"),
      contexts: part("contexts"),
      current: typeof current === "string" ? current : "",
    };
  } catch (fault) {
    if ((fault as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new Hopeless(
      `the kubeconfig cannot be read (${oneLine(reasonOf(fault), 200)}) — it must be YAML that kubectl can read — correct ${file}`,
    );
  }
}

/** The first document of a text, as for kubectl; of a key that is there twice the last one counts. */
function documentOf(text: string): Readonly<Record<string, unknown>> {
  const [first] = parseAllDocuments(text, { uniqueKeys: false });
  if (first === undefined) return {};
  const [error] = "errors" in first ? first.errors : [];
  if (error !== undefined) throw error;
  const document = (first.toJS() ?? {}) as Readonly<Record<string, unknown>>;
  const fault = shapeFault(document);
  if (fault !== undefined) throw new Error(fault);
  return document;
}

function entries(list: unknown, part: Part, folder: string): Map<string, Entry> {
  const found = new Map<string, Entry>();
  for (const item of (list ?? []) as readonly Readonly<Record<string, unknown>>[]) {
    const name = (item.name ?? "") as string;
    if (found.has(name)) throw new Error(`${part} has "${name}" twice`);
    found.set(name, placed((item[PARTS[part].key] ?? {}) as Entry, part, folder));
  }
  return found;
}

/** The entry with absolute paths: a relative one begins at the folder of its file. */
function placed(entry: Entry, part: Part, folder: string): Entry {
  const absolute = (path: string): string => resolve(folder, path);
  const paths = PARTS[part].paths.flatMap((key) => {
    const path = entry[key];
    return typeof path === "string" && path !== "" ? [[key, absolute(path)]] : [];
  });
  const exec = entry.exec as { readonly command?: string } | undefined;
  // A command without a slash is looked for in $PATH.
  const isPath = exec?.command?.includes(sep) === true;
  const command = isPath ? { exec: { ...exec, command: absolute(exec.command ?? "") } } : {};
  return { ...entry, ...command, ...(Object.fromEntries(paths) as Entry) };
}
