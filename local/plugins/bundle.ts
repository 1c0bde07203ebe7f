import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { build } from "esbuild";

import { project } from "../folders.ts";

/** The plugins of this folder: each has a `main.ts` in its own folder. */
export type PluginName = "nodejs" | "command" | "docker";

/** What a plugin is called by the engine, and the npm package whose version it takes. */
export const plugins = {
  nodejs: { kind: "language", program: "pulumi-language-nodejs", package: "@pulumi/pulumi" },
  command: { kind: "resource", program: "pulumi-resource-command", package: "@pulumi/command" },
  docker: { kind: "resource", program: "pulumi-resource-docker", package: "@pulumi/docker" },
} as const satisfies Record<PluginName, { kind: string; program: string; package: string }>;

/** The version of an npm package as it is installed, so that no version is written twice. */
export async function installedVersion(name: string): Promise<string> {
  const text = await readFile(join(project, "node_modules", name, "package.json"), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}

/**
 * A plugin with everything it needs in one file of JavaScript: it goes on working when this checkout is gone, and
 * starts in half the time of the many files it is made from.
 */
export async function bundle(name: PluginName): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, name, "main.ts")],
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
  return outputFiles[0]?.text ?? "";
}
