import * as pulumi from "@pulumi/pulumi";
import { buildImage } from "../docker/build.ts";
import { BuildFailure } from "../docker/buildLog.ts";
import { DockerApi } from "../docker/dockerApi.ts";
import type { Inputs } from "../docker/inputs.ts";

/** An image that is built from files of the project. */
export interface BuiltImage {
  readonly imageName: string;
  readonly build: Inputs["build"] & { readonly context: string; readonly dockerfile: string };
}

const MINUTE = 60_000;

/**
 * A hook that says why a build has failed, where it stays on screen: the plugin's error holds the
 * exit code alone, and what the step printed has gone by as status lines. So the build runs once
 * more, from Docker's cache up to that step.
 */
export function buildFailureHook(
  name: string,
  image: BuiltImage,
  resource: pulumi.Resource,
): pulumi.ErrorHook {
  return new pulumi.ErrorHook(name, async ({ errors: [error = ""] }) => {
    // Other failures, such as those of a push, tell their reason.
    if (!/exit code: \d+/.test(error)) return false;
    await pulumi.log.error(await reasonOf(image), resource);
    return false;
  });
}

/** Builds again; returns what the failed step says, or how to see it. */
async function reasonOf(image: BuiltImage): Promise<string> {
  const { context, dockerfile } = image.build;
  try {
    const signal = AbortSignal.timeout(10 * MINUTE);
    const docker = await DockerApi.connect({});
    await buildImage(docker, image, { context, dockerfile, line: () => undefined, signal });
    return "the image's build failed, and has just gone through — run `pulumi up` again";
  } catch (error) {
    const { cause } = error as Error;
    if (cause instanceof BuildFailure) return reasonIn(cause.said);
    return `what the image's build said is not known here — \`docker build --network host ${context}\` prints it`;
  }
}

/** The sentence of app/dependencies, else all that is there. */
function reasonIn(said: readonly string[]): string {
  const sentence = said.find((line) => line.startsWith("error: "))?.slice("error: ".length);
  return sentence ?? `the image's build ended with:\n${said.join("\n")}`;
}
