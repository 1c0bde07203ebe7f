import { describe, expect, it } from "vitest";
import { AppImage } from "../../components/image.ts";
import type { Delivery } from "../../settings/rules.ts";
import { recordResources, settled, valueOf, type Recorder } from "../support/mocks.ts";

async function deliver(
  delivery: Delivery,
  preview = false,
): Promise<Recorder & { reference: string | undefined; sources: string }> {
  const recorder = recordResources(preview);
  const image = new AppImage("i", { app: "app/vision", delivery, cluster: "its-id" });
  const reference = await valueOf(image.reference);
  await settled();
  return { ...recorder, reference, sources: image.sources };
}

const MINIKUBE: Delivery = { by: "minikube", profile: "lab", builder: "docker" };

describe("AppImage", () => {
  it("builds nothing and asks for no Docker when the image is given", async () => {
    const { resources, reference, sources } = await deliver({ by: "reference", image: "x:1" });
    expect(resources.map((r) => r.type)).toEqual(["kubeflower:index:AppImage"]);
    expect(reference).toBe("x:1");
    expect(sources).toBe("x:1");
  });

  it("pushes under the hash of its sources and is used by digest", async () => {
    const recorder = await deliver({ by: "registry", registry: "localhost:5555" });
    expect(recorder.one("docker:index/image:Image").inputs).toEqual({
      imageName: `localhost:5555/kubeflower:${recorder.sources}`,
      build: {
        context: ".build/image",
        dockerfile: ".build/image/Dockerfile",
        target: "run",
        platform: `linux/${process.arch === "x64" ? "amd64" : process.arch}`,
        network: "host",
      },
      skipPush: false,
      buildOnPreview: false,
    });
    expect(recorder.reference).toBe(`localhost:5555/kubeflower@sha256:${"d".repeat(64)}`);
  });

  it("keeps no Docker host, so that the next update takes that of its day", async () => {
    const before = process.env.DOCKER_HOST;
    process.env.DOCKER_HOST = "unix:///of-the-day";
    try {
      const recorder = await deliver({ by: "registry", registry: "localhost:5555" });
      expect(recorder.one("pulumi:providers:docker").inputs).not.toHaveProperty("host");
    } finally {
      if (before === undefined) delete process.env.DOCKER_HOST;
      else process.env.DOCKER_HOST = before;
    }
  });

  it("loads the host's image into minikube, again when sources, profile or cluster change", async () => {
    const recorder = await deliver(MINIKUBE);
    const tag = `kubeflower:${recorder.sources}`;
    expect(recorder.one("docker:index/image:Image").inputs).toMatchObject({
      imageName: tag,
      skipPush: true,
    });
    expect(recorder.one("command:local:Command").inputs).toEqual({
      interpreter: ["node", "cli/start.mjs"],
      create: "components/commands/minikubeImage.ts",
      environment: { KUBEFLOWER_LOAD: JSON.stringify({ image: tag, profile: "lab" }) },
      triggers: [recorder.sources, "lab", "its-id"],
      logging: "stdoutAndStderr",
      addPreviousOutputInEnv: false,
    });
    expect(recorder.reference).toBe(tag);
  });

  it("builds inside minikube without any Docker here", async () => {
    const recorder = await deliver({ ...MINIKUBE, builder: "minikube" });
    expect(recorder.resources.map((r) => r.type).sort()).toEqual([
      "command:local:Command",
      "kubeflower:index:AppImage",
    ]);
    expect(recorder.one("command:local:Command").inputs.environment).toEqual({
      KUBEFLOWER_LOAD: JSON.stringify({
        image: `kubeflower:${recorder.sources}`,
        profile: "lab",
        build: { context: ".build/image" },
      }),
    });
  });

  it("is not known before it is loaded, so that pods wait for it", async () => {
    const { reference } = await deliver(MINIKUBE, true);
    expect(reference).toBeUndefined();
  });
});
