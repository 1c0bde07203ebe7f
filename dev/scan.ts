import { spawnSync } from "node:child_process";
import { delimiter } from "node:path";

import { project } from "../local/tools/folders.ts";
import { say } from "../local/tools/progress.ts";
import { pythonTools } from "../local/tools/pythonTools.ts";
import { openApi, tool } from "../local/tools/tools.ts";

// What `npm run scan` starts: policy/scan, with the scanners on its PATH.
try {
  const { path, PYTHONPATH } = await pythonTools();
  const go = [await tool("pod-security"), await tool("kubeconform"), await tool("kube-score")];
  const { status } = spawnSync(process.execPath, ["--import", "tsx", "dev/scan/scanStack.ts"], {
    cwd: project,
    env: {
      ...process.env,
      PATH: [...go, path, process.env.PATH].join(delimiter),
      PYTHONPATH,
      KUBERNETES_OPENAPI: await openApi(),
    },
    stdio: "inherit",
  });
  process.exitCode = status ?? 1;
} catch (error) {
  say(`error: ${(error as Error).message}`);
  process.exitCode = 1;
}
