import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import * as pulumi from "@pulumi/pulumi";
import { AppImage, type AppImageArgs } from "../../components/image.ts";
import type { Delivery } from "../../settings/rules.ts";
import { recordResources, settled, valueOf, type Recorder } from "../support/mocks.ts";

async function deliver(
  delivery: Delivery,
  { preview = false, ...more }: Partial<AppImageArgs> & { preview?: boolean } = {},
): Promise<Recorder & { reference: string | undefined; sources: string }> {
  const recorder = recordResources(preview);
  const image = new AppImage("i", {
    app: "app/vision",
    buildArgs: {},
    platform: { name: "linux/amd64" },
    delivery,
    cluster: "its-id",
    ...more,
  });
  const reference = await valueOf(image.reference);
  await settled();
  return { ...recorder, reference, sources: image.sources };
}

/** Key by which the SDK marks a secret on its way to the engine. */
const SECRET = "4dabf18193072939515e22adb298388d";
const MINIKUBE: Delivery = { by: "minikube", profile: "lab", builder: "docker" };

const REGISTRY: Delivery = { by: "registry", registry: "localhost:5555" };

beforeEach(() => {
  for (const name of ["HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"]) {
    vi.stubEnv(name, undefined);
    vi.stubEnv(name.toLowerCase(), undefined);
  }
});

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

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
        platform: "linux/amd64",
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

  it("hands the host's image to the nodes of a local cluster", async () => {
    const recorder = await deliver({ by: "nodes", cluster: "kind", context: "kind-lab" });
    const tag = `kubeflower:${recorder.sources}`;
    expect(recorder.one("docker:index/image:Image").inputs).toMatchObject({
      imageName: tag,
      skipPush: true,
    });
    expect(recorder.one("command:local:Command").inputs).toEqual({
      interpreter: ["node", "cli/start.mjs"],
      create: "components/commands/nodeImages.ts",
      environment: {
        KUBEFLOWER_LOAD: JSON.stringify({ image: tag, cluster: "kind", context: "kind-lab" }),
      },
      triggers: [recorder.sources, "its-id"],
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

  it("is built with the arguments, which are a secret of the stack", async () => {
    vi.stubEnv("HTTPS_PROXY", "http://me:password@proxy:3128");
    const buildArgs = { PIP_INDEX_URL: "https://mirror" };
    const recorder = await deliver(REGISTRY, { buildArgs });
    const { build } = recorder.one("docker:index/image:Image").inputs;
    // The SDK makes the whole build a secret when its arguments are one.
    expect(build).toMatchObject({
      [SECRET]: expect.any(String) as string,
      value: {
        target: "run",
        args: {
          PIP_INDEX_URL: "https://mirror",
          HTTPS_PROXY: "http://me:password@proxy:3128",
          https_proxy: "http://me:password@proxy:3128",
        },
      },
    });
  });

  it.each([
    ["docker", "build-arg=PIP_INDEX_URL=https://mirror"],
    ["containerd", "opt=build-arg:PIP_INDEX_URL=https://mirror"],
  ])("hands a minikube on %s the arguments in its builder's words", async (runtime, option) => {
    const recorder = await deliver(
      { ...MINIKUBE, builder: "minikube" },
      {
        buildArgs: { PIP_INDEX_URL: "https://mirror" },
        platform: { name: "linux/amd64", runtime },
      },
    );
    const { environment } = recorder.one("command:local:Command").inputs;
    expect(environment).toHaveProperty(SECRET);
    const { value } = environment as { value: { KUBEFLOWER_LOAD: string } };
    expect(JSON.parse(value.KUBEFLOWER_LOAD)).toMatchObject({
      build: { context: ".build/image", options: [option] },
    });
    expect(recorder.reference).toBe(`kubeflower:${recorder.sources}`);
  });

  it("is another for another base, and for arm64, where sums are rounded differently", async () => {
    const { sources } = await deliver(REGISTRY);
    const based = await deliver(REGISTRY, { base: "python:3.13-slim" });
    expect(based.sources).toMatch(/^[0-9a-f]{16}$/);
    expect(based.sources).not.toBe(sources);
    const arm = await deliver(REGISTRY, { platform: { name: "linux/arm64" } });
    expect(arm.sources).toBe(`${sources}-arm64`);
    expect(arm.one("docker:index/image:Image").inputs).toMatchObject({
      imageName: `localhost:5555/kubeflower:${sources}-arm64`,
      build: { platform: "linux/arm64" },
    });
  });

  it("passes on what is to be said about the nodes", async () => {
    const warn = vi.spyOn(pulumi.log, "warn").mockResolvedValue();
    await deliver(REGISTRY, { platform: { name: "linux/arm64", warning: "no such node" } });
    expect(warn.mock.calls.map(([text]) => text)).toEqual(["no such node"]);
  });

  it("is not known before it is loaded, so that pods wait for it", async () => {
    const { reference } = await deliver(MINIKUBE, { preview: true });
    expect(reference).toBeUndefined();
  });
});
