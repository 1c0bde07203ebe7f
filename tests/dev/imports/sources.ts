import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";

/** Files of the project with this ending: those that git knows and new ones that it does not ignore. */
export function sources(ending: string): string[] {
  const args = ["ls-files", "--cached", "--others", "--exclude-standard", `*.${ending}`];
  const files = execFileSync("git", args, { encoding: "utf8" }).trim().split("\n");
  return [...new Set(files)].filter((file) => existsSync(file));
}
