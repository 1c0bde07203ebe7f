import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";

import { build } from "esbuild";

import { project } from "../tools/folders.ts";

/** The plugins of this folder. */
export type PluginName = "nodejs" | "command" | "docker";

interface Plugin {
  readonly kind: "language" | "resource";
  /** What the engine starts it by. */
  readonly program: string;
  /** The npm package whose version it takes. */
  readonly package: string;
  /** The modules in the plugin's folder that become files of their own; `main` is started. */
  readonly modules: readonly string[];
}

export const plugins: Readonly<Record<PluginName, Plugin>> = {
  nodejs: {
    kind: "language",
    program: "pulumi-language-nodejs",
    package: "@pulumi/pulumi",
    modules: ["main", "preload"],
  },
  command: {
    kind: "resource",
    program: "pulumi-resource-command",
    package: "@pulumi/command",
    modules: ["main"],
  },
  docker: {
    kind: "resource",
    program: "pulumi-resource-docker",
    package: "@pulumi/docker",
    modules: ["main"],
  },
};

/** The version of an npm package as it is installed, so that no version is written twice. */
export async function installedVersion(name: string): Promise<string> {
  const text = await readFile(join(project, "node_modules", name, "package.json"), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}

/**
 * The plugin's modules by file name, each with everything it needs in it: they go on working when this checkout is
 * gone, and start in half the time of the many files they are made from.
 */
export async function bundle(name: PluginName): Promise<Map<string, string>> {
  const { outputFiles } = await build({
    entryPoints: plugins[name].modules.map((module) => ({
      in: join(import.meta.dirname, name, `${module}.ts`),
      out: module,
    })),
    outdir: ".",
    outExtension: { ".js": ".mjs" },
    bundle: true,
    write: false,
    platform: "node",
    target: "node20",
    format: "esm",
    minify: true,
    keepNames: true,
    legalComments: "none",
    define: { PLUGIN_VERSION: JSON.stringify(await installedVersion(plugins[name].package)) },
    // What is CommonJS among the dependencies calls require.
    banner: {
      js: 'import { createRequire as _createRequire } from "node:module"; const require = _createRequire(import.meta.url);',
    },
    logLevel: "error",
  });
  return new Map(outputFiles.map(({ path, text }) => [basename(path), text]));
}
