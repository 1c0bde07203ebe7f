import { BuildContext } from "./buildContext.ts";
import { BuildLog } from "./buildLog.ts";
import {
  authHeader,
  type Credentials,
  registryOf,
  serverKey,
  storedCredentials,
} from "./credentials.ts";
import type { DockerApi } from "./dockerApi.ts";
import type { Inputs } from "./inputs.ts";
import { openSession, type Session } from "./session.ts";

/** How a build or push is watched and cancelled. */
interface Watch {
  /** Takes each line of progress. */
  readonly line: (text: string) => void;
  readonly signal: AbortSignal;
}

/** Folder and Dockerfile of a build, relative to the Pulumi project. */
interface Source {
  readonly context: string;
  readonly dockerfile: string;
}

/**
 * Builds the image and tags it with its name; returns its id.
 *
 * @throws Error whose cause is a BuildFailure when Docker has failed the build
 */
export async function buildImage(
  docker: DockerApi,
  inputs: Inputs,
  { context, dockerfile, line, signal }: Watch & Source,
): Promise<string> {
  const files = new BuildContext(context, dockerfile);
  const session = await buildKitSession(docker, inputs);
  const log = new BuildLog(line);
  try {
    const stream = await docker.request("/build", {
      method: "POST",
      query: buildQuery(inputs, files.dockerfile, session),
      headers: {
        "Content-Type": "application/x-tar",
        "X-Registry-Config": await registryConfig(inputs),
      },
      body: files.tar(),
      signal,
    });
    await log.read(stream);
  } catch (error) {
    throw failure("build", inputs.imageName, signal, error);
  } finally {
    session?.close();
  }
  const { Id } = (await docker.json(`/images/${inputs.imageName}/json`)) as { Id: string };
  return Id;
}

/** Opens the session over which BuildKit asks for credentials; the classic builder has none. */
async function buildKitSession(docker: DockerApi, inputs: Inputs): Promise<Session | undefined> {
  if (inputs.build?.builderVersion === "BuilderV1") return undefined;
  return openSession(docker, (host) => credentialsFor(inputs, serverKey(host)));
}

function buildQuery(
  { imageName, build = {} }: Inputs,
  dockerfile: string,
  session: Session | undefined,
): Readonly<Record<string, string | undefined>> {
  return {
    t: imageName,
    dockerfile,
    target: build.target,
    platform: build.platform,
    networkmode: build.network,
    extrahosts: build.addHosts && JSON.stringify(build.addHosts),
    buildargs: build.args && JSON.stringify(build.args),
    cachefrom: build.cacheFrom?.images && JSON.stringify(build.cacheFrom.images),
    rm: "1",
    forcerm: "1",
    version: session ? "2" : "1",
    session: session?.id,
  };
}

/** Pushes the image under its name; returns its name with the digest that the registry gave it. */
export async function pushImage(
  docker: DockerApi,
  inputs: Inputs,
  { line, signal }: Watch,
): Promise<string> {
  const { imageName, registry } = inputs;
  const server = registry?.server ? serverKey(registry.server) : registryOf(imageName);
  const { name, tag } = splitTag(imageName);
  const log = new BuildLog(line);
  try {
    const stream = await docker.request(`/images/${name}/push`, {
      method: "POST",
      query: { tag },
      headers: { "X-Registry-Auth": authHeader(server, await credentialsFor(inputs, server)) },
      signal,
    });
    await log.read(stream);
  } catch (error) {
    throw failure("push", imageName, signal, error);
  }
  const { RepoDigests = [] } = (await docker.json(`/images/${imageName}/json`)) as {
    RepoDigests?: string[];
  };
  const digest = pushedReference(RepoDigests, name, log.pushed);
  if (digest === undefined) {
    throw new Error(`the registry has not given a digest of ${imageName} — is it a v2 registry?`);
  }
  return digest;
}

/** Picks the reference of an image that may have been pushed to several places: `pushed`, the digest just given, counts. */
function pushedReference(
  references: readonly string[],
  name: string,
  pushed: string | undefined,
): string | undefined {
  const here = references.filter((reference) => sameName(reference, name));
  if (pushed === undefined) return here[0];
  return here.find((reference) => reference.endsWith(`@${pushed}`)) ?? `${name}@${pushed}`;
}

function failure(what: string, image: string, signal: AbortSignal, error: unknown): Error {
  const reason = signal.aborted ? (signal.reason as Error) : (error as Error);
  return new Error(`failed to ${what} ${image}: ${reason.message}`, { cause: reason });
}

async function credentialsFor(inputs: Inputs, server: string): Promise<Credentials | undefined> {
  const { server: named, username, password } = inputs.registry ?? {};
  const ours = named ? serverKey(named) : registryOf(inputs.imageName);
  if (username && password && ours === server) return { username, password };
  return storedCredentials(server);
}

/** Credentials with which the classic builder pulls; BuildKit asks over its session. */
async function registryConfig(inputs: Inputs): Promise<string> {
  const server = registryOf(inputs.imageName);
  const credentials = await credentialsFor(inputs, server);
  const config = credentials ? { [server]: { ...credentials, serveraddress: server } } : {};
  return Buffer.from(JSON.stringify(config)).toString("base64url");
}

function splitTag(imageName: string): { name: string; tag: string } {
  const colon = imageName.lastIndexOf(":");
  return colon > imageName.lastIndexOf("/")
    ? { name: imageName.slice(0, colon), tag: imageName.slice(colon + 1) }
    : { name: imageName, tag: "latest" };
}

/** Compares names; Docker shortens those of Docker Hub. */
function sameName(repoDigest: string, name: string): boolean {
  const shorten = (text: string): string => text.replace(/^docker\.io\/(library\/)?/, "");
  return shorten(repoDigest.split("@")[0] ?? "") === shorten(name);
}
