import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";

/** An installed package of the program. */
export interface Dependency {
  readonly name: string;
  readonly version: string;
}

interface Manifest {
  readonly version?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

/** The file in which npm records an installed tree. */
interface InstalledTree {
  readonly packages: Readonly<Record<string, { version?: string }>>;
}

/** Packages that the program's package.json names or, with `transitive`, all that are installed. */
export async function dependencies(directory: string, transitive: boolean): Promise<Dependency[]> {
  const root = await packageRoot(directory);
  if (root === undefined) return [];
  if (transitive) {
    const tree = await json<InstalledTree>(join(root, "node_modules/.package-lock.json"));
    return Object.entries(tree?.packages ?? {}).map(([path, { version = "" }]) => ({
      name: path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length),
      version,
    }));
  }
  const manifest = await json<Manifest>(join(root, "package.json"));
  const named = { ...manifest?.dependencies, ...manifest?.devDependencies };
  return Promise.all(
    Object.entries(named).map(async ([name, range]) => {
      const installed = await json<Manifest>(join(root, "node_modules", name, "package.json"));
      return { name, version: installed?.version ?? range };
    }),
  );
}

/** Finds the nearest folder above a program with a package.json; undefined when there is none. */
export async function packageRoot(directory: string): Promise<string | undefined> {
  for (let folder = directory; ; folder = dirname(folder)) {
    if ((await json(join(folder, "package.json"))) !== undefined) return folder;
    if (dirname(folder) === folder) return undefined;
  }
}

async function json<T>(path: string): Promise<T | undefined> {
  const text = await readFile(path, "utf8").catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as T);
}
