import { stat } from "node:fs/promises";
import { join, posix } from "node:path";

import type { PulumiEngine } from "../wire/pulumiEngine.ts";
import {
  differences,
  holdsUnknown,
  isSecret,
  type Properties,
  reveal,
  secret,
  unknown,
} from "../wire/properties.ts";
import type { Difference, Failure, Operation, Resource } from "../wire/provider.ts";
import { BuildContext } from "../../../docker/buildContext.ts";
import { buildImage, pushImage } from "../../../docker/build.ts";
import { BuildFailure } from "../../../docker/buildLog.ts";
import type { DockerApi } from "../../../docker/dockerApi.ts";
import type { Inputs } from "../../../docker/inputs.ts";

/** `docker:index/image:Image`: an image built from a Dockerfile and, unless `skipPush` is set, pushed. */
export class Image implements Resource {
  readonly #engine: PulumiEngine;
  readonly #docker: () => DockerApi;

  /** @param docker gives the Docker API, once the provider is configured */
  constructor(engine: PulumiEngine, docker: () => DockerApi) {
    this.#engine = engine;
    this.#docker = docker;
  }

  async check(
    _olds: Properties,
    news: Properties,
    urn: string,
  ): Promise<{ inputs: Properties; failures: Failure[] }> {
    const build = reveal(news["build"] ?? {}) as Inputs["build"] & Properties;
    if (holdsUnknown(build)) return { inputs: news, failures: [] };
    const { context, dockerfile } = paths(build);
    const missing = await missingDockerfile(context, dockerfile);
    if (missing !== undefined) {
      return { inputs: news, failures: [{ property: "build.dockerfile", reason: missing }] };
    }
    const builder = build["builderVersion"];
    if (typeof builder === "string" && !(builder in BUILDERS)) {
      const reason = `"builderVersion" is "${builder}" — it may be ${Object.keys(BUILDERS).join(" or ")}`;
      return { inputs: news, failures: [{ property: "build.builderVersion", reason }] };
    }
    const platform = build["platform"] ?? HOST_PLATFORM;
    if (build["platform"] === undefined) {
      this.#engine.log(
        urn,
        `Building your image for ${HOST_PLATFORM}; set build.platform when it is to run elsewhere.`,
        { ephemeral: false },
      );
      await this.#engine.flush();
    }
    const contextDigest = await new BuildContext(context, dockerfile).digest();
    const given = (news["build"] ?? {}) as Properties;
    // The SDK makes the whole build a secret when its arguments are one.
    const more = { platform, contextDigest };
    const checked = isSecret(given)
      ? secret({ ...(reveal(given) as Properties), ...more })
      : { ...given, ...more };
    return { inputs: { ...news, build: checked }, failures: [] };
  }

  diff(_state: Properties, olds: Properties, news: Properties): Promise<Difference> {
    const changes = differences(olds, news);
    // Registries renew passwords often; they do not change the image.
    changes.delete("registry.username");
    changes.delete("registry.password");
    return Promise.resolve({ changes, replace: () => false });
  }

  async create(
    inputs: Properties,
    operation: Operation,
  ): Promise<{ id: string; state: Properties }> {
    const state = await this.#build(inputs, operation);
    return { id: reveal(inputs["imageName"] ?? "") as string, state };
  }

  update(
    _id: string,
    _state: Properties,
    inputs: Properties,
    operation: Operation,
  ): Promise<Properties> {
    return this.#build(inputs, operation);
  }

  /** Keeps the image, here and at the registry. */
  delete(): Promise<void> {
    return Promise.resolve();
  }

  async #build(properties: Properties, operation: Operation): Promise<Properties> {
    const inputs = reveal(properties) as unknown as Inputs;
    const imageName = properties["imageName"] ?? unknown;
    if (holdsUnknown(properties) || (operation.preview && inputs.buildOnPreview !== true)) {
      return { imageName, repoDigest: unknown, baseImageName: unknown };
    }
    const { context, dockerfile } = paths(inputs.build);
    const line = (text: string): void => {
      this.#engine.log(operation.urn, text);
    };
    let reference: string;
    try {
      line("Building the image");
      reference = await buildImage(this.#docker(), inputs, {
        context,
        dockerfile,
        line,
        signal: operation.signal,
      }).catch(asOfficial);
      if (inputs.skipPush !== true) {
        line("Pushing Image to the registry");
        reference = await pushImage(this.#docker(), inputs, { line, signal: operation.signal });
      }
    } finally {
      await this.#engine.flush();
    }
    return {
      imageName,
      baseImageName: imageName,
      registryServer: inputs.registry?.server ?? "",
      repoDigest: reference,
      context,
      dockerfile: posix.relative(context, dockerfile),
      ...(inputs.build?.platform === undefined ? {} : { platform: inputs.build.platform }),
      // The official plugin reads the inputs of the last build from here.
      __inputs: secret(properties),
    };
  }
}

/** Fails with as little as the official plugin: what the build printed has gone by as status lines. */
function asOfficial(error: unknown): never {
  const { cause } = error as Error;
  if (!(cause instanceof BuildFailure)) throw error;
  throw new Error(`error reading build output: ${cause.error}`);
}

const BUILDERS = { BuilderV1: "1", BuilderBuildKit: "2" };

/** Platform of this machine, which the Docker engine is assumed to have too. */
const HOST_PLATFORM = `linux/${process.arch === "x64" ? "amd64" : process.arch}`;

function paths(build: Inputs["build"]): { context: string; dockerfile: string } {
  const context = build?.context ?? ".";
  return { context, dockerfile: build?.dockerfile ?? posix.join(context, "Dockerfile") };
}

async function missingDockerfile(context: string, dockerfile: string): Promise<string | undefined> {
  if (await isFile(dockerfile)) return undefined;
  const inContext = join(context, dockerfile);
  const remedy = (await isFile(inContext)) ? ` — try setting \`dockerfile\` to "${inContext}"` : "";
  return `could not open dockerfile at ${dockerfile}, which is relative to the Pulumi project${remedy}`;
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (status) => status.isFile(),
    () => false,
  );
}
