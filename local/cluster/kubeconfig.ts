import { chmod, mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { delimiter, dirname, join } from "node:path";

import lockfile from "proper-lockfile";
import { Document, YAMLSeq, isMap, parseDocument } from "yaml";

/** Path of the user's kubeconfig: the first file of $KUBECONFIG, where kubectl writes, or ~/.kube/config. */
export function userKubeconfig(): string {
  const first = process.env.KUBECONFIG?.split(delimiter).find((path) => path !== "");
  return first ?? join(homedir(), ".kube", "config");
}

/** Adds or replaces the entries `name` and makes it the current context; returns the previous current context. */
export async function addContext(
  name: string,
  entries: { cluster: object; user: object },
): Promise<string | undefined> {
  let before: string | undefined;
  await edit((document) => {
    put(document, "clusters", { name, cluster: entries.cluster });
    put(document, "users", { name, user: entries.user });
    put(document, "contexts", { name, context: { cluster: name, user: name } });
    const current = document.get("current-context");
    if (typeof current === "string" && current !== name) before = current || undefined;
    document.set("current-context", name);
  });
  return before;
}

/** Removes the entries `name`; when it is the current context, `before` becomes current again. */
export async function removeContext(name: string, before: string | undefined): Promise<void> {
  await edit((document) => {
    for (const section of ["clusters", "users", "contexts"]) drop(document, section, name);
    if (document.get("current-context") === name) document.set("current-context", before ?? "");
  });
}

/** Edits the file under a lock. Comments and other entries stay, and the file is replaced in one step. */
async function edit(change: (document: Document) => void): Promise<void> {
  const file = userKubeconfig();
  await mkdir(dirname(file), { recursive: true });
  const unlock = await lockfile.lock(file, { realpath: false, stale: 10_000, retries: 20 });
  try {
    const text = await readFile(file, "utf8").catch(() => "");
    const document: Document = text.trim()
      ? parseDocument(text)
      : new Document({ apiVersion: "v1", kind: "Config", clusters: [], users: [], contexts: [] });
    const [fault] = document.errors;
    if (fault) throw new Error(`${file} is not YAML and was left as it is: ${fault.message}`);
    change(document);
    await writeFile(`${file}.new`, document.toString(), { mode: 0o600 });
    await chmod(`${file}.new`, 0o600);
    await rename(`${file}.new`, file);
  } finally {
    await unlock();
  }
}

function put(
  document: Document,
  section: string,
  entry: { readonly name: string; readonly [part: string]: unknown },
): void {
  drop(document, section, entry.name);
  const list = document.get(section);
  if (list instanceof YAMLSeq) {
    list.flow = false;
    list.add(document.createNode(entry));
  } else document.set(section, [entry]);
}

function drop(document: Document, section: string, name: string): void {
  const list = document.get(section);
  if (list instanceof YAMLSeq) {
    list.items = list.items.filter((item) => !(isMap(item) && item.get("name") === name));
  }
}
