import { spawnSync } from "node:child_process";
import { mkdir, rm } from "node:fs/promises";
import { delimiter, dirname } from "node:path";

import { Command } from "commander";

import { command } from "../local/tools/command.ts";
import { dockerHost } from "./container.ts";
import { environment, processEnvironment } from "../local/environment.ts";
import { say } from "../local/tools/progress.ts";
import { pythonTools } from "../local/tools/pythonTools.ts";

// Entry point of `npm run sbom`: syft on the image of the selected stack.
const { out, image } = new Command("sbom")
  .description(
    "Writes what an image is made of, Debian's and Python's packages, as CycloneDX JSON.",
  )
  .option("--out <file>", "where to write it", ".build/sbom.json")
  .option("--image <name>", "an image that Docker has (default: the selected stack's)")
  .parse()
  .opts<{ out: string; image?: string }>();
try {
  const { path, PYTHONPATH } = await pythonTools();
  const tools = await environment();
  const env = processEnvironment(tools);
  try {
    const name = image ?? (await command("pulumi", ["stack", "output", "image"], { env })).trim();
    await mkdir(dirname(out), { recursive: true });
    const args = ["scan", `docker:${name}`, "--output", `cyclonedx-json=${out}`];
    const { status } = spawnSync("syft", args, {
      env: {
        ...env,
        DOCKER_HOST: await dockerHost(tools.engine),
        PATH: [path, env.PATH].join(delimiter),
        PYTHONPATH,
        SYFT_CHECK_FOR_APP_UPDATE: "false",
      },
      stdio: "inherit",
    });
    process.exitCode = status ?? 1;
    if (status === 0) say(`${name}: ${out} is written`);
    else await rm(out, { force: true }); // syft leaves an empty file when it fails
  } finally {
    await tools.engine?.downUnlessNeeded();
  }
} catch (error) {
  say(`error: ${(error as Error).message}`);
  process.exitCode = 1;
}
