import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { COMMAND } from "../contract/variables.ts";
import { readAppPackages } from "../settings/appPackages.ts";
import type { Delivery } from "../settings/rules.ts";
import { buildFailureHook } from "./buildFailure.ts";
import { runProgram } from "./commands/program.ts";
import { shippedFileWarnings } from "./shippedFiles.ts";
import { STAGE, stageContext } from "./stagedContext.ts";

/** Arguments of {@link AppImage}. */
export interface AppImageArgs {
  /** Folder of the Flower app. */
  readonly app: string;
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

  constructor(name: string, args: AppImageArgs, opts?: pulumi.ComponentResourceOptions) {
    super("kubeflower:index:AppImage", name, {}, opts);
    const { delivery } = args;
    this.sources = delivery.by === "reference" ? delivery.image : this.#stage(args.app);
    this.reference = this.#deliver(name, delivery, args.cluster);
    this.registerOutputs({ reference: this.reference });
  }

  #stage(app: string): string {
    const sources = stageContext(app);
    for (const warning of shippedFileWarnings(`${STAGE}/app`, app)) {
      void pulumi.log.warn(warning, this);
    }
    const { own } = readAppPackages(app);
    if (own.length > 0) {
      const size = own.some((text) => text.startsWith("torch")) ? ", about 4 GB with CUDA" : "";
      const note = `${app} asks for ${own.join(", ")}, which the image's packages do not satisfy: it gets its own from the package registry${size}`;
      void pulumi.log.info(note, this);
    }
    return sources;
  }

  #deliver(name: string, delivery: Delivery, cluster: pulumi.Input<string>): pulumi.Output<string> {
    switch (delivery.by) {
      case "reference":
        return pulumi.output(delivery.image);
      case "registry": {
        const tag = `${delivery.registry}/kubeflower:${this.sources}`;
        return this.#build(name, tag, true, cluster).repoDigest;
      }
      case "minikube":
        return this.#load(name, delivery, cluster);
    }
  }

  #build(
    name: string,
    imageName: string,
    push: boolean,
    cluster: pulumi.Input<string>,
  ): docker.Image {
    // A provider of its own: it asks for the Docker daemon as soon as it exists, also in a preview.
    const provider = new docker.Provider(`${name}-docker`, { host: NO_HOST }, { parent: this });
    return new docker.Image(
      name,
      {
        imageName,
        build: BUILD,
        skipPush: !push,
        buildOnPreview: false,
      },
      {
        parent: this,
        provider,
        // A recreated cluster may have come with an empty registry.
        replacementTrigger: cluster,
        hooks: {
          onError: [buildFailureHook(`${name}-failure`, { imageName, build: BUILD }, this)],
        },
      },
    );
  }

  #load(
    name: string,
    { profile, builder }: Extract<Delivery, { by: "minikube" }>,
    cluster: pulumi.Input<string>,
  ): pulumi.Output<string> {
    const tag = `kubeflower:${this.sources}`;
    const inside = builder === "minikube";
    const image = inside ? pulumi.output(tag) : this.#build(name, tag, false, cluster).imageName;
    const build = inside ? { context: STAGE } : undefined;
    const loaded = runProgram(
      `${name}-minikube`,
      {
        script: "components/commands/minikubeImage.ts",
        variable: COMMAND.load,
        order: { image, profile, build },
      },
      { triggers: [this.sources, profile, cluster], logging: "stdoutAndStderr" },
      { parent: this },
    );
    // An edge of the graph: pods must not start before the image is loaded.
    return pulumi.all([image, loaded.stdout]).apply(([reference]) => reference);
  }
}

/**
 * No host: the plugin then takes the one that DOCKER_HOST names when it starts. By default the SDK
 * puts DOCKER_HOST into the inputs, and every later update and `destroy` would ask that Docker, even
 * when it is gone. An empty text does not help: the plugin then ignores Docker Desktop's sockets.
 */
const NO_HOST = pulumi.output(undefined);

/** Platform of the image: nodes are taken to be of this machine's architecture. The provider warns when none is given. */
const PLATFORM = `linux/${process.arch === "x64" ? "amd64" : process.arch}`;

const BUILD = {
  context: STAGE,
  dockerfile: `${STAGE}/Dockerfile`,
  target: "run",
  platform: PLATFORM,
  // The build reaches package registries as this machine does, proxies included.
  network: "host",
};
