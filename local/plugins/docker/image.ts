import { stat } from "node:fs/promises";
import { join, posix } from "node:path";

import type { PulumiEngine } from "../wire/pulumiEngine.ts";
import {
  differences,
  holdsUnknown,
  type Properties,
  reveal,
  secret,
  unknown,
} from "../wire/properties.ts";
import type { Difference, Failure, Operation, Resource } from "../wire/provider.ts";
import { BuildContext } from "./buildContext.ts";
import { type BuiltImage, buildImage, pushImage } from "./build.ts";
import type { DockerApi } from "./dockerApi.ts";
import type { Inputs } from "./inputs.ts";

/** `docker:index/image:Image`: an image built from a Dockerfile and, unless told otherwise, pushed. */
export class Image implements Resource {
  readonly #engine: PulumiEngine;
  readonly #api: () => DockerApi;

  /** @param api the Docker engine, known once the provider is configured */
  constructor(engine: PulumiEngine, api: () => DockerApi) {
    this.#engine = engine;
    this.#api = api;
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
    if (typeof builder === "string" && !(builder in builders)) {
      const reason = `"builderVersion" is "${builder}" — it may be ${Object.keys(builders).join(" or ")}`;
      return { inputs: news, failures: [{ property: "build.builderVersion", reason }] };
    }
    const platform = build["platform"] ?? hostPlatform;
    if (build["platform"] === undefined) {
      this.#engine.log(
        urn,
        `Building your image for ${hostPlatform}; set build.platform when it is to run elsewhere.`,
        { ephemeral: false },
      );
      await this.#engine.flush();
    }
    const contextDigest = await new BuildContext(context, dockerfile).digest();
    const given = (news["build"] ?? {}) as Properties;
    return { inputs: { ...news, build: { ...given, platform, contextDigest } }, failures: [] };
  }

  diff(_state: Properties, olds: Properties, news: Properties): Promise<Difference> {
    const changes = differences(olds, news);
    // Passwords are renewed often, and change nothing in the image.
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

  /** Images are not removed, neither here nor at the registry. */
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
    let built: BuiltImage;
    try {
      line("Building the image");
      built = await buildImage(this.#api(), inputs, { context, dockerfile, line, ...operation });
      if (inputs.skipPush !== true) {
        line("Pushing Image to the registry");
        built = {
          ...built,
          reference: await pushImage(this.#api(), inputs, { line, ...operation }),
        };
      }
    } finally {
      await this.#engine.flush();
    }
    return {
      imageName,
      baseImageName: imageName,
      registryServer: inputs.registry?.server ?? "",
      repoDigest: built.reference,
      context,
      dockerfile: posix.relative(context, dockerfile),
      ...(inputs.build?.platform === undefined ? {} : { platform: inputs.build.platform }),
      // Where the official plugin looks for what it built from.
      __inputs: secret(properties),
    };
  }
}

const builders = { BuilderV1: "1", BuilderBuildKit: "2" };

/** The engine's own platform is taken to be this machine's. */
const hostPlatform = `linux/${process.arch === "x64" ? "amd64" : process.arch}`;

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
