// Starts local/main.ts; on a fresh checkout, or after package-lock.json changed, it installs the packages first.
import { spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const project = dirname(dirname(fileURLToPath(import.meta.url)));
const installed = join(project, "node_modules/.package-lock.json");
const wanted = join(project, "package-lock.json");
if (!existsSync(installed) || statSync(installed).mtimeMs < statSync(wanted).mtimeMs) {
  console.error("installing the npm packages …");
  const { status } = spawnSync("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: project,
    stdio: ["ignore", 2, 2],
  });
  if (status !== 0) process.exit(status ?? 1);
}
const main = join(project, "local/main.ts");
const { status, signal } = spawnSync(
  process.execPath,
  ["--import", "tsx", main, ...process.argv.slice(2)],
  { stdio: "inherit", cwd: process.env.INIT_CWD ?? process.cwd() },
);
process.exit(signal ? 130 : status);
