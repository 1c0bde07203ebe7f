// Installs the npm packages on a fresh checkout, and again after package-lock.json changed; otherwise does nothing.
import { spawnSync } from "node:child_process";
import { existsSync, lstatSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const project = dirname(dirname(fileURLToPath(import.meta.url)));
const installed = join(project, "node_modules/.package-lock.json");
const wanted = join(project, "package-lock.json");
// A linked folder belongs to another checkout, and `npm ci` would empty it under its users.
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
