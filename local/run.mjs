// Installs missing npm packages, then starts local/main.ts.
import { spawnSync } from "node:child_process";
import { join } from "node:path";

import "./install.mjs";

const main = join(import.meta.dirname, "main.ts");
const { status, signal } = spawnSync(
  process.execPath,
  ["--import", import.meta.resolve("tsx"), main, ...process.argv.slice(2)],
  { stdio: "inherit" },
);
process.exit(signal ? 130 : status);
