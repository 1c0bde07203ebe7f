// Installs the npm packages when there are none, or when package-lock.json has changed since.
import { spawnSync } from "node:child_process";
import { existsSync, lstatSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const project = dirname(dirname(fileURLToPath(import.meta.url)));
const installed = join(project, "node_modules/.package-lock.json");
const wanted = join(project, "package-lock.json");
// A linked folder belongs to another checkout: `npm ci` would empty it while that uses it.
const folder = lstatSync(join(project, "node_modules"), { throwIfNoEntry: false });
const linked = folder?.isSymbolicLink() === true;
if (!linked && (!existsSync(installed) || statSync(installed).mtimeMs < statSync(wanted).mtimeMs)) {
  console.error("installing the npm packages …");
  const { status } = spawnSync("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: project,
    stdio: ["ignore", 2, 2],
  });
  if (status !== 0) process.exit(status ?? 1);
}
