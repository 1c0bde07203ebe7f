import { readdir, readFile, realpath } from "node:fs/promises";
import { dirname, join } from "node:path";

/** A provider plugin that a package in node_modules needs. */
export interface RequiredPackage {
  readonly name: string;
  /** With a leading `v`. */
  readonly version: string;
  /** URL to download it from. @default empty: Pulumi's own */
  readonly server: string;
  readonly parameterization?: {
    readonly name: string;
    readonly version: string;
    readonly value: string;
  };
}

interface Manifest {
  readonly name?: string;
  readonly version?: string;
  readonly pulumi?: {
    readonly resource?: boolean;
    readonly name?: string;
    readonly version?: string;
    readonly server?: string;
    readonly parameterization?: { name: string; version: string; value: string };
  };
}

/** The provider plugins of all packages installed for the program in `directory`, nested ones included. */
export async function requiredPackages(directory: string): Promise<RequiredPackage[]> {
  const found = new Map<string, RequiredPackage>();
  const seen = new Set<string>();
  // Node.js looks in the node_modules of every folder above.
  for (let folder = directory; ; folder = dirname(folder)) {
    await scan(join(folder, "node_modules"), found, seen);
    if (dirname(folder) === folder) return [...found.values()];
  }
}

async function scan(
  modules: string,
  found: Map<string, RequiredPackage>,
  seen: Set<string>,
): Promise<void> {
  const folder = await realpath(modules).catch(() => undefined);
  if (folder === undefined || seen.has(folder)) return;
  seen.add(folder);
  const names = (await readdir(folder)).filter((name) => !name.startsWith("."));
  await Promise.all(
    names.map((name) =>
      name.startsWith("@")
        ? scanScope(join(folder, name), found, seen)
        : scanPackage(join(folder, name), found, seen),
    ),
  );
}

async function scanScope(
  scope: string,
  found: Map<string, RequiredPackage>,
  seen: Set<string>,
): Promise<void> {
  const names = await readdir(scope).catch(() => []);
  await Promise.all(names.map((name) => scanPackage(join(scope, name), found, seen)));
}

async function scanPackage(
  folder: string,
  found: Map<string, RequiredPackage>,
  seen: Set<string>,
): Promise<void> {
  const text = await readFile(join(folder, "package.json"), "utf8").catch(() => undefined);
  if (text === undefined) return;
  // Most packages do not mention Pulumi and need not be parsed.
  if (text.includes('"pulumi"')) {
    const required = requirement(JSON.parse(text) as Manifest);
    if (required) found.set(JSON.stringify(required), required);
  }
  await scan(join(folder, "node_modules"), found, seen);
}

function requirement({ name = "", version = "", pulumi }: Manifest): RequiredPackage | undefined {
  if (pulumi?.resource !== true) return undefined;
  const plugin = pulumi.name ?? (name.startsWith("@pulumi/") ? name.slice("@pulumi/".length) : "");
  const number = pulumi.version ?? version;
  // Skip third-party packages that name no plugin, as the official host does.
  if (plugin === "" || number === "") return undefined;
  return {
    name: plugin,
    version: number.startsWith("v") ? number : `v${number}`,
    server: pulumi.server ?? "",
    ...(pulumi.parameterization && { parameterization: pulumi.parameterization }),
  };
}
