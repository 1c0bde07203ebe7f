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

/** What a build gave. */
export interface BuiltImage {
  /** By digest: the local image's id, or where it was pushed to. */
  readonly reference: string;
}

/** How a build or push is watched and ended. */
interface Watch {
  readonly line: (text: string) => void;
  readonly signal: AbortSignal;
}

/** Builds the image and tags it with its name. */
export async function buildImage(
  engine: DockerApi,
  inputs: Inputs,
  { context, dockerfile, line, signal }: Watch & { context: string; dockerfile: string },
): Promise<BuiltImage> {
  const build = inputs.build ?? {};
  const files = new BuildContext(context, dockerfile);
  const buildKit = build.builderVersion !== "BuilderV1";
  const session = buildKit
    ? await openSession(engine, (host) => credentialsFor(inputs, serverKey(host)))
    : undefined;
  const log = new BuildLog(line);
  try {
    const stream = await engine.request("/build", {
      method: "POST",
      query: {
        t: inputs.imageName,
        dockerfile: files.dockerfile,
        target: build.target,
        platform: build.platform,
        networkmode: build.network,
        extrahosts: build.addHosts && JSON.stringify(build.addHosts),
        buildargs: build.args && JSON.stringify(build.args),
        cachefrom: build.cacheFrom?.images && JSON.stringify(build.cacheFrom.images),
        rm: "1",
        forcerm: "1",
        ...(session ? { version: "2", session: session.id } : { version: "1" }),
      },
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
    closeSession(session);
  }
  const { Id } = (await engine.json(`/images/${inputs.imageName}/json`)) as { Id: string };
  return { reference: Id };
}

/** Pushes the image under its name and gives it by digest. */
export async function pushImage(
  engine: DockerApi,
  inputs: Inputs,
  { line, signal }: Watch,
): Promise<string> {
  const server = inputs.registry?.server
    ? serverKey(inputs.registry.server)
    : registryOf(inputs.imageName);
  const { name, tag } = splitTag(inputs.imageName);
  const log = new BuildLog(line);
  try {
    const stream = await engine.request(`/images/${name}/push`, {
      method: "POST",
      query: { tag },
      headers: {
        "X-Registry-Auth": authHeader(server, await credentialsFor(inputs, server)),
      },
      signal,
    });
    await log.read(stream);
  } catch (error) {
    throw failure("push", inputs.imageName, signal, error);
  }
  const { RepoDigests = [] } = (await engine.json(`/images/${inputs.imageName}/json`)) as {
    RepoDigests?: string[];
  };
  const pushed = log.pushed;
  // An image may have been pushed to several places: the one that the registry has just named counts.
  const digest =
    RepoDigests.find((entry) => entry.endsWith(`@${pushed ?? ""}`) && sameName(entry, name)) ??
    (pushed === undefined
      ? RepoDigests.find((entry) => sameName(entry, name))
      : `${name}@${pushed}`);
  if (digest === undefined) {
    throw new Error(
      `the registry has not said the digest of ${inputs.imageName} — is it a v2 registry?`,
    );
  }
  return digest;
}

function failure(what: string, image: string, signal: AbortSignal, error: unknown): Error {
  const reason = signal.aborted ? (signal.reason as Error) : (error as Error);
  return new Error(`failed to ${what} ${image}: ${reason.message}`);
}

function closeSession(session: Session | undefined): void {
  session?.close();
}

async function credentialsFor(inputs: Inputs, server: string): Promise<Credentials | undefined> {
  const { server: named, username, password } = inputs.registry ?? {};
  const ours = named ? serverKey(named) : registryOf(inputs.imageName);
  if (username && password && ours === server) return { username, password };
  return storedCredentials(server);
}

/** The classic builder pulls with these; BuildKit asks over the session. */
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

/** The engine shortens names of Docker Hub. */
function sameName(repoDigest: string, name: string): boolean {
  const shorten = (text: string): string => text.replace(/^docker\.io\/(library\/)?/, "");
  return shorten(repoDigest.split("@")[0] ?? "") === shorten(name);
}
