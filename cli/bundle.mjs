// Makes one bundle of JavaScript of a TypeScript program of this project and all that it imports.
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync } from "node:fs";
import { renameSync, rmSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

import { build } from "esbuild";

const PROJECT = dirname(dirname(fileURLToPath(import.meta.url)));

/** Keeps `import.meta.url` of a bundled source what it is in the source. */
const sourceUrls = {
  name: "source-urls",
  setup(build) {
    build.onLoad({ filter: /\.ts$/ }, ({ path }) => ({
      contents: readFileSync(path, "utf8").replaceAll(
        "import.meta.url",
        `new URL(${JSON.stringify(relative(PROJECT, path))}, globalThis.kubeflowerProject).href`,
      ),
      loader: "ts",
    }));
  },
};

/**
 * Bundles a script, at once or not at all: several programs may start together.
 * @param program path of the file to start; its folder gets all files of the bundle
 * @param external npm packages that are left out of it
 * @returns paths of the files that are in the bundle, from the current folder
 */
export async function bundle(script, program, external = []) {
  const folder = dirname(program);
  mkdirSync(dirname(folder), { recursive: true });
  const made = mkdtempSync(join(dirname(folder), "new-"));
  try {
    const { metafile } = await build({
      entryPoints: { [basename(program, ".mjs")]: script },
      outdir: made,
      outExtension: { ".js": ".mjs" },
      bundle: true,
      external,
      splitting: true,
      metafile: true,
      format: "esm",
      platform: "node",
      target: "node20",
      keepNames: true,
      logLevel: "silent",
      plugins: [sourceUrls],
      // Packages of the older kind call `require`.
      banner: {
        js: 'import { createRequire as createRequireOfBundle } from "node:module"; const require = createRequireOfBundle(import.meta.url);',
      },
    });
    chmodSync(made, 0o755);
    if (!existsSync(program)) {
      rmSync(folder, { recursive: true, force: true });
      renameSync(made, folder);
    }
    return Object.keys(metafile.inputs);
  } finally {
    rmSync(made, { recursive: true, force: true });
  }
}
