import * as pulumi from "@pulumi/pulumi";
import { buildImage } from "../docker/build.ts";
import { BuildFailure } from "../docker/buildLog.ts";
import { DockerApi } from "../docker/dockerApi.ts";
import type { Inputs } from "../docker/inputs.ts";

/** A build from files of the project. */
export type Build = Required<Pick<NonNullable<Inputs["build"]>, "context" | "dockerfile">> &
  NonNullable<Inputs["build"]>;

const MINUTE = 60_000;

/**
 * A hook that says why a build has failed, where it stays on screen: the plugin's error holds the
 * exit code alone, and what the step printed has gone by as status lines. So the build runs once
 * more, from Docker's cache up to that step.
 */
export function buildFailureHook(
  name: string,
  image: { readonly imageName: string; readonly build: Build },
  resource: pulumi.Resource,
): pulumi.ErrorHook {
  return new pulumi.ErrorHook(name, async ({ errors: [error = ""] }) => {
    // Other failures, such as those of a push, tell their reason.
    if (!/exit code: \d+/.test(error)) return false;
    const reason = await reasonOf(image);
    if (reason === undefined) return false;
    await pulumi.log.error(reason, resource);
    return false;
  });
}

/** Builds again; returns what the failed step says, undefined when that is not known. */
async function reasonOf(image: {
  readonly imageName: string;
  readonly build: Build;
}): Promise<string | undefined> {
  const { context, dockerfile } = image.build;
  try {
    const signal = AbortSignal.timeout(10 * MINUTE);
    const docker = await DockerApi.connect({});
    await buildImage(docker, image, { context, dockerfile, line: () => undefined, signal });
    return undefined;
  } catch (error) {
    const { cause } = error as Error;
    if (!(cause instanceof BuildFailure)) return undefined;
    return reasonIn(cause.said);
  }
}

/** The sentence of app/dependencies, else all that is there. */
function reasonIn(said: readonly string[]): string | undefined {
  const sentence = said.find((line) => line.startsWith("error: "))?.slice("error: ".length);
  if (sentence !== undefined) return sentence;
  return said.length === 0 ? undefined : `the image's build ended with:\n${said.join("\n")}`;
}
