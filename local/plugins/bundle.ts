import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";

import { build } from "esbuild";

import { project } from "../tools/folders.ts";

/** Names of the plugins in this folder. */
export type PluginName = "nodejs" | "command" | "docker";

interface Plugin {
  readonly kind: "language" | "resource";
  /** File name that the engine starts. */
  readonly program: string;
  /** The npm package whose version the plugin has. */
  readonly package: string;
  /** Modules of the plugin's folder that become separate files; `main` is started. */
  readonly modules: readonly string[];
}

/** How each plugin is bundled. */
export const PLUGINS: Readonly<Record<PluginName, Plugin>> = {
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

/** Version of an installed npm package. */
export async function installedVersion(name: string): Promise<string> {
  const text = await readFile(join(project, "node_modules", name, "package.json"), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}

/**
 * Bundles a plugin's modules, by file name, each with all of its dependencies: they work without this checkout, and start
 * in half the time of their many sources.
 */
export async function bundle(name: PluginName): Promise<Map<string, string>> {
  const { outputFiles } = await build({
    entryPoints: PLUGINS[name].modules.map((module) => ({
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
    define: { PLUGIN_VERSION: JSON.stringify(await installedVersion(PLUGINS[name].package)) },
    // CommonJS modules among the dependencies call require.
    banner: {
      js: 'import { createRequire as _createRequire } from "node:module"; const require = _createRequire(import.meta.url);',
    },
    logLevel: "error",
  });
  return new Map(outputFiles.map(({ path, text }) => [basename(path), text]));
}
