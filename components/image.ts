import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { COMMAND } from "../contract/variables.ts";
import { readAppPackages } from "../settings/appPackages.ts";
import type { Delivery } from "../settings/rules.ts";
import { buildFailureHook } from "./buildFailure.ts";
import { completeBuildArgs, type BuildArgs } from "./buildArgs.ts";
import { runProgram } from "./commands/program.ts";
import type { Platform } from "./platform.ts";
import { shippedFileWarnings } from "./shippedFiles.ts";
import { STAGE, stageContext } from "./stagedContext.ts";

/** Arguments of {@link AppImage}. */
export interface AppImageArgs {
  /** Folder of the Flower app. */
  readonly app: string;
  /** Image to build on. @default Debian, with its torch */
  readonly base?: string | undefined;
  /** Arguments of the build, beside the environment's proxies. */
  readonly buildArgs: BuildArgs;
  /** Platform to build for; a ready image needs none. */
  readonly platform?: Platform | undefined;
  /** Way of the image to the cluster. */
  readonly delivery: Delivery;
  /** UID of the cluster: one that was recreated under the same name has no images. */
  readonly cluster: pulumi.Input<string>;
}

/** The image of engine and app, built from their sources and delivered to the cluster. */
export class AppImage extends pulumi.ComponentResource {
  /** Reference of the image, for a pod's `image`. */
  readonly reference: pulumi.Output<string>;
  /** Hash of the sources (not of the image, whose digest differs between builds of the same). */
  readonly sources: string;

  readonly #args: AppImageArgs;

  constructor(name: string, args: AppImageArgs, opts?: pulumi.ComponentResourceOptions) {
    super("kubeflower:index:AppImage", name, {}, opts);
    this.#args = args;
    const { delivery } = args;
    this.sources = delivery.by === "reference" ? delivery.image : this.#stage();
    this.reference = this.#deliver(name);
    this.registerOutputs({ reference: this.reference });
  }

  #stage(): string {
    const { app, base, platform } = this.#args;
    const sources = stageContext(app, STAGE, base);
    for (const warning of shippedFileWarnings(`${STAGE}/app`, app)) {
      void pulumi.log.warn(warning, this);
    }
    if (platform?.warning !== undefined) void pulumi.log.warn(platform.warning, this);
    const { own } = readAppPackages(app);
    if (own.length > 0 && base === undefined) {
      const size = own.some((text) => text.startsWith("torch")) ? ", about 4 GB with CUDA" : "";
      const note = `${app} asks for ${own.join(", ")}, which the image's packages do not satisfy: it gets its own from the package registry${size}`;
      void pulumi.log.info(note, this);
    }
    // Another architecture rounds sums differently: it is another run.
    return platform?.name === ARM ? `${sources}-arm64` : sources;
  }

  #deliver(name: string): pulumi.Output<string> {
    const { delivery } = this.#args;
    switch (delivery.by) {
      case "reference":
        return pulumi.output(delivery.image);
      case "registry": {
        const tag = `${delivery.registry}/kubeflower:${this.sources}`;
        return this.#build(name, tag, true).repoDigest;
      }
      case "minikube":
        return this.#load(name, delivery);
      case "nodes":
        return this.#handOut(name, delivery);
    }
  }

  #build(name: string, imageName: string, push: boolean): docker.Image {
    const args = this.#buildArgs();
    const build = {
      context: STAGE,
      dockerfile: `${STAGE}/Dockerfile`,
      target: "run",
      platform: this.#args.platform?.name,
      // The build reaches package registries as this machine does, proxies included.
      network: "host",
    };
    const again = { imageName, build: { ...build, args: this.#plainBuildArgs() } };
    // A provider of its own: it asks for the Docker daemon as soon as it exists, also in a preview.
    const provider = new docker.Provider(`${name}-docker`, { host: NO_HOST }, { parent: this });
    return new docker.Image(
      name,
      {
        imageName,
        build: { ...build, ...(args === undefined ? {} : { args }) },
        skipPush: !push,
        buildOnPreview: false,
      },
      {
        parent: this,
        provider,
        // A recreated cluster may have come with an empty registry.
        replacementTrigger: this.#args.cluster,
        hooks: { onError: [buildFailureHook(`${name}-failure`, again, this)] },
      },
    );
  }

  /** Arguments of the build; secret, as a mirror's or proxy's address may hold a password. */
  #buildArgs(): pulumi.Output<BuildArgs> | undefined {
    const args = this.#plainBuildArgs();
    return Object.keys(args).length === 0 ? undefined : pulumi.secret(args);
  }

  #plainBuildArgs(): BuildArgs {
    return completeBuildArgs(this.#args.buildArgs, process.env);
  }

  #load(
    name: string,
    { profile, builder }: Extract<Delivery, { by: "minikube" }>,
  ): pulumi.Output<string> {
    const tag = `kubeflower:${this.sources}`;
    const inside = builder === "minikube";
    const image = inside ? pulumi.output(tag) : this.#build(name, tag, false).imageName;
    const options = this.#buildArgs()?.apply((args) => buildOptions(args, this.#args.platform));
    const build = inside ? { context: STAGE, options } : undefined;
    const loaded = runProgram(
      `${name}-minikube`,
      {
        script: "components/commands/minikubeImage.ts",
        variable: COMMAND.load,
        order: { image, profile, build },
      },
      { triggers: [this.sources, profile, this.#args.cluster], logging: "stdoutAndStderr" },
      { parent: this },
    );
    // An edge of the graph: pods must not start before the image is loaded.
    const reference = pulumi.all([image, loaded.stdout]).apply(([name]) => name);
    // The arguments of a build make the output of the program secret, and the pods with it.
    return pulumi.unsecret(reference);
  }

  #handOut(
    name: string,
    { cluster, context }: Extract<Delivery, { by: "nodes" }>,
  ): pulumi.Output<string> {
    const image = this.#build(name, `kubeflower:${this.sources}`, false).imageName;
    const loaded = runProgram(
      `${name}-nodes`,
      {
        script: "components/commands/nodeImages.ts",
        variable: COMMAND.load,
        order: { image, cluster, context },
      },
      { triggers: [this.sources, this.#args.cluster], logging: "stdoutAndStderr" },
      { parent: this },
    );
    return pulumi.unsecret(pulumi.all([image, loaded.stdout]).apply(([name]) => name));
  }
}

/**
 * No host: the plugin then takes the one that DOCKER_HOST names when it starts. By default the SDK
 * puts DOCKER_HOST into the inputs, and every later update and `destroy` would ask that Docker, even
 * when it is gone. An empty text does not help: the plugin then ignores Docker Desktop's sockets.
 */
const NO_HOST = pulumi.output(undefined);

/** Build arguments as options of the builder inside minikube: containerd's is buildctl, others take docker's. */
function buildOptions(args: BuildArgs, platform: Platform | undefined): string[] {
  const option = platform?.runtime === "containerd" ? "opt=build-arg:" : "build-arg=";
  return Object.entries(args).map(([name, value]) => `${option}${name}=${value}`);
}

const ARM = "linux/arm64";
