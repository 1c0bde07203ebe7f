import { spawnSync } from "node:child_process";
import { join } from "node:path";

import { answers } from "../local/tools/command.ts";
import { project } from "../local/tools/folders.ts";
import { say } from "../local/tools/progress.ts";
import { tool } from "../local/tools/tools.ts";

// Entry point of `npm run lint:workflows`: actionlint on .github/workflows.
if (await answers("go", ["version"])) {
  const actionlint = join(await tool("actionlint"), "actionlint");
  // Without the linters of scripts: the result must not depend on whether this machine has them.
  const args = ["-shellcheck=", "-pyflakes="];
  const options = { cwd: project, stdio: "inherit", timeout: 60_000 } as const;
  process.exitCode = spawnSync(actionlint, args, options).status ?? 1;
} else {
  say(
    "error: the workflows' linter is built with Go, and `go version` does not answer — " +
      "install Go 1.21 or later, or leave it to the checks of the pull request",
  );
  process.exitCode = 1;
}
