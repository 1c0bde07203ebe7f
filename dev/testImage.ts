import Docker from "dockerode";

import { completeBuildArgs } from "../components/buildArgs.ts";
import { STAGE, stageContext } from "../components/stagedContext.ts";
import { contentKey } from "../local/tools/cached.ts";
import { DockerApi } from "../docker/dockerApi.ts";
import { buildImage } from "../docker/build.ts";
import { progress, say } from "../local/tools/progress.ts";

/** Files that decide the stage `test`; it holds no sources. */
const FILES = [
  "app/Dockerfile",
  "app/access.sh",
  "app/requirements.lock",
  "app/requirements-test.lock",
];

/**
 * Builds the image of the Dockerfile's stage `test`, unless the Docker that DOCKER_HOST names has it.
 *
 * @returns its name, whose tag is a hash of its files
 */
export async function testImage(signal: AbortSignal): Promise<string> {
  const name = `kubeflower-test:${await contentKey(FILES.map((file) => ({ file })))}`;
  const docker = new Docker();
  const known = await docker.listImages({ filters: { reference: [name] }, abortSignal: signal });
  if (known.length === 0) {
    stageContext("app/vision");
    await progress(`building the image ${name} of the Python tests`, async () => {
      const engine = await DockerApi.connect({});
      const args = completeBuildArgs({}, process.env);
      const build = { target: "test", network: "host", args };
      const from = { context: STAGE, dockerfile: `${STAGE}/Dockerfile` };
      await buildImage(engine, { imageName: name, build }, { ...from, line: showStep, signal });
    });
  }
  return name;
}

/** Shows the steps of a build and no other line; an error carries the last of these. */
function showStep(line: string): void {
  if (/^(\[|Step )/.test(line)) say(line.replace(/\s+/g, " ").slice(0, 100));
}
