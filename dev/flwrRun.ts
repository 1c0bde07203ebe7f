import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";

import { buildImage } from "../docker/build.ts";
import { DockerApi } from "../docker/dockerApi.ts";
import { contained } from "./container.ts";
import { testImage } from "./testImage.ts";

/** Digests of saved files, by their paths. */
export type Digests = Readonly<Record<string, string>>;

/** Minutes that a simulation may take. */
const MINUTES = 10;

/** A run of {@link simulated}. */
export interface Simulation {
  /** Folder of the app, from the project's folder. */
  readonly app: string;
  /** Image of the app: its packages are those of the cluster. */
  readonly image: string;
  readonly supernodes: number;
  /** Run config over the app's own, as `flwr run --run-config` takes it. */
  readonly config: string;
}

/** Runs an app under `flwr run` in its own image; returns the digests of the files that it saved. */
export async function simulated({ app, image, supernodes, config }: Simulation): Promise<Digests> {
  const signal = AbortSignal.timeout((MINUTES + 5) * 60_000);
  const out = new PassThrough();
  const printed = text(out);
  const place = `PYTHONPATH="$PWD/dev/python:$PYTHONPATH" python3 dev/python/simulation.py`;
  const code = await contained(
    {
      image: await withRay(image, signal),
      folders: [app, "dev/python"],
      // An archive's paths do not begin with a slash.
      script: `${place} ${app.replace(/^\/+/, "")} ${String(supernodes)} '${config}'`,
      minutes: MINUTES,
      out,
    },
    signal,
  );
  out.end();
  const said = await printed;
  if (code !== 0) throw new Error(`flwr run of ${app} ended with ${String(code)}:\n${said}`);
  return JSON.parse(said.trimEnd().split("\n").at(-1) ?? "") as Digests;
}

/** Adds what only the simulation needs, and the image lacks, from the image of the tests. */
async function withRay(image: string, signal: AbortSignal): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "flwr-run-"));
  try {
    const mount = "--mount=type=bind,from=test,source=/usr/local,target=/test";
    await writeFile(
      join(folder, "Dockerfile"),
      `FROM ${await testImage(signal)} AS test
       FROM ${image}
       USER root
       RUN ${mount} cp -a --update=none /test/. /usr/local/
       USER 65532:65532`,
    );
    const imageName = "kubeflower-flwr-run:newest";
    const from = { context: folder, dockerfile: join(folder, "Dockerfile") };
    const engine = await DockerApi.connect({});
    await buildImage(
      engine,
      { imageName, build: { network: "none" } },
      { ...from, line: () => undefined, signal },
    );
    return imageName;
  } finally {
    await rm(folder, { recursive: true });
  }
}
