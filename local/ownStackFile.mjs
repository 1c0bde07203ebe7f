// Makes git ignore changes of Pulumi.dev.yaml: `pulumi stack select dev --create` writes the salt of the user's passphrase
// into it, and no setting of Pulumi prevents that. npm runs this at the end of `npm ci`.
import { spawnSync } from "node:child_process";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

const project = dirname(dirname(fileURLToPath(import.meta.url)));
// This fails where there is no git or no clone, and then there is nothing to ignore.
spawnSync("git", ["update-index", "--skip-worktree", "Pulumi.dev.yaml"], {
  cwd: project,
  stdio: "ignore",
});
