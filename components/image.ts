import { local } from "@pulumi/command";
import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { STAGE, stageContext } from "./stagedContext.ts";

/** How the image comes to the cluster. */
export type Delivery =
  /** A ready image: nothing is built, and no Docker is needed. */
  | { readonly by: "reference"; readonly image: string }
  /** Built here, pushed to `registry`, used by digest. */
  | { readonly by: "registry"; readonly registry: string }
  /** Built here or inside, loaded into the minikube of this profile. */
  | { readonly by: "minikube"; readonly profile: string; readonly builder: "docker" | "minikube" };

export interface AppImageArgs {
  /** Folder of the Flower app. */
  readonly app: string;
  readonly delivery: Delivery;
  /** Tells a minikube from one made anew under the same name, which has no images. */
  readonly cluster: pulumi.Input<string>;
}

/** The image of engine and app, built from their sources and brought to where the cluster finds it. */
export class AppImage extends pulumi.ComponentResource {
  /** What a pod's `image` says. */
  readonly reference: pulumi.Output<string>;
  /** Hash of the sources (not of the image, whose digest differs between builds of the same). */
  readonly sources: string;

  constructor(name: string, args: AppImageArgs, opts?: pulumi.ComponentResourceOptions) {
    super("kubeflower:index:AppImage", name, {}, opts);
    const { delivery } = args;
    this.sources = delivery.by === "reference" ? delivery.image : stageContext(args.app);
    if (delivery.by === "reference") {
      this.reference = pulumi.output(delivery.image);
    } else if (delivery.by === "registry") {
      this.reference = this.build(
        name,
        `${delivery.registry}/kubeflower:${this.sources}`,
        true,
        args.cluster,
      );
    } else {
      this.reference = this.load(name, delivery, args.cluster);
    }
    this.registerOutputs({ reference: this.reference });
  }

  private build(
    name: string,
    imageName: string,
    push: boolean,
    cluster: pulumi.Input<string>,
  ): pulumi.Output<string> {
    // Its own provider: it asks for the Docker daemon as soon as it exists, also in preview.
    const provider = new docker.Provider(`${name}-docker`, { host: OF_THE_DAY }, { parent: this });
    const image = new docker.Image(
      name,
      {
        imageName,
        build: {
          context: STAGE,
          dockerfile: `${STAGE}/Dockerfile`,
          target: "run",
          platform: PLATFORM,
          // The build reaches package registries as this machine does, proxies included.
          network: "host",
        },
        skipPush: !push,
        buildOnPreview: false,
      },
      // A cluster made anew may have come with an empty registry.
      { parent: this, provider, replacementTrigger: cluster },
    );
    return push ? image.repoDigest : image.imageName;
  }

  private load(
    name: string,
    { profile, builder }: Extract<Delivery, { by: "minikube" }>,
    cluster: pulumi.Input<string>,
  ): pulumi.Output<string> {
    const tag = `kubeflower:${this.sources}`;
    const inside = builder === "minikube";
    const image = inside ? pulumi.output(tag) : this.build(name, tag, false, cluster);
    const loaded = new local.Command(
      `${name}-minikube`,
      {
        interpreter: ["node", "--import", "tsx"],
        create: "components/minikubeImage.ts",
        environment: {
          KUBEFLOWER_IMAGE: pulumi.jsonStringify({
            image,
            profile,
            ...(inside ? { build: { context: STAGE } } : {}),
          }),
        },
        triggers: [this.sources, profile, cluster],
        logging: "stdoutAndStderr",
        addPreviousOutputInEnv: false,
      },
      { parent: this },
    );
    // Edge in the graph: pods must not start before the image is there.
    return pulumi.all([image, loaded.stdout]).apply(([reference]) => reference);
  }
}

/**
 * No host: the plugin then takes the one that DOCKER_HOST names when it starts. The SDK would put
 * DOCKER_HOST into the inputs, and every later update and `destroy` would ask that Docker, gone or
 * not. An empty text is no way: with it the plugin does not look for the sockets of Docker Desktop.
 */
const OF_THE_DAY = pulumi.output(undefined);

/** Nodes' architecture, taken to be this machine's; said aloud as the provider asks for it. */
const PLATFORM = `linux/${process.arch === "x64" ? "amd64" : process.arch}`;
