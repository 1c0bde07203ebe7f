// Makes what `npm pack` packs: one bundle of `kubeflower`, and the licences of the packages in it.
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { bundle } from "./bundle.mjs";

const PROJECT = dirname(dirname(fileURLToPath(import.meta.url)));
/** Folder of the bundle, which start.mjs looks for where the sources are not. */
const PACKED = join(PROJECT, ".build/package");

/** Folders of the npm packages that these files belong to. */
function packagesOf(files) {
  const folders = files.map((file) => /^.*node_modules\/(@[^/]+\/)?[^/]+/.exec(file)?.[0]);
  return [...new Set(folders.filter((folder) => folder !== undefined))].sort();
}

/** Text of a package's licence, below its name and version. */
function licence(folder) {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const file = readdirSync(folder).find((one) => /^licen[cs]e/i.test(one));
  const text = file === undefined ? "" : readFileSync(join(folder, file), "utf8").trim();
  return `${name} ${version}: ${license}\n\n${text}\n`;
}

rmSync(PACKED, { recursive: true, force: true });
process.chdir(PROJECT);
const files = await bundle("cli/kubeflower.ts", join(PACKED, "program.mjs"));
writeFileSync(
  join(PACKED, "LICENSES.txt"),
  packagesOf(files)
    .map(licence)
    .join(`\n${"-".repeat(80)}\n\n`),
);
