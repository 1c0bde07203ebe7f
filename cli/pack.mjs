// Writes .build/package, which `npm pack` packs: one bundle of `kubeflower` with the files that it reads and
// the licences of what is in it. It needs no other npm package, while the checkout needs Pulumi's.
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { bundle } from "./bundle.mjs";

const PROJECT = dirname(dirname(fileURLToPath(import.meta.url)));
const PACKAGE = join(PROJECT, ".build/package");
/** Files and folders that the program reads, or that a package has. */
const COPIED = ["LICENSE", "cli/schemas", "contract/imagePackages.json"];
const START = `#!/usr/bin/env node
globalThis.kubeflowerProject = new URL("./", import.meta.url).href;
await import("./program/program.mjs");
`;

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

/** The package's own package.json. */
function manifest() {
  const text = readFileSync(join(PROJECT, "package.json"), "utf8");
  const { name, version, description, license, type, engines } = JSON.parse(text);
  const bin = { kubeflower: "kubeflower.mjs" };
  return { name, version, description, license, type, bin, engines };
}

rmSync(PACKAGE, { recursive: true, force: true });
mkdirSync(PACKAGE, { recursive: true });
process.chdir(PROJECT);
const files = await bundle("cli/kubeflower.ts", join(PACKAGE, "program/program.mjs"));
const licences = packagesOf(files).map(licence);
for (const path of COPIED) cpSync(path, join(PACKAGE, path), { recursive: true });
cpSync("docs/cli.md", join(PACKAGE, "README.md"));
writeFileSync(join(PACKAGE, "LICENSES.txt"), licences.join(`\n${"-".repeat(80)}\n\n`));
writeFileSync(join(PACKAGE, "kubeflower.mjs"), START, { mode: 0o755 });
writeFileSync(join(PACKAGE, "package.json"), `${JSON.stringify(manifest(), undefined, 2)}\n`);
