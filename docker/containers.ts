import { Readable } from "node:stream";

import type { DockerApi } from "./dockerApi.ts";

/** A container of Docker. */
export interface Container {
  readonly running: boolean;
  readonly labels: Readonly<Record<string, string>>;
}

/** End of a program in a container. */
export interface Executed {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Seconds that Docker has for one answer, and a program in a container for all it does. */
const SECONDS = { answer: 10, program: 60 } as const;

/** Finds a container by its name; undefined when Docker has none of that name. */
export async function findContainer(
  docker: DockerApi,
  name: string,
): Promise<Container | undefined> {
  try {
    const signal = AbortSignal.timeout(SECONDS.answer * 1000);
    const found = (await docker.json(`/containers/${name}/json`, { signal })) as {
      State?: { Running?: boolean };
      Config?: { Labels?: Record<string, string> | null };
    };
    return { running: found.State?.Running === true, labels: found.Config?.Labels ?? {} };
  } catch (error) {
    if (/no such container/i.test((error as Error).message)) return undefined;
    throw error;
  }
}

/**
 * Runs a program in a container, without a shell and without input.
 * @throws Error when Docker cannot start it
 */
export async function execute(
  docker: DockerApi,
  container: string,
  command: readonly string[],
): Promise<Executed> {
  const signal = AbortSignal.timeout(SECONDS.program * 1000);
  const order = { AttachStdout: true, AttachStderr: true, Cmd: command };
  const { Id: id } = (await docker.json(`/containers/${container}/exec`, {
    ...post(order),
    signal,
  })) as { Id: string };
  const start = { ...post({ Detach: false, Tty: false }), signal };
  const said = texts(await bytes(await docker.request(`/exec/${id}/start`, start)));
  const { ExitCode: code } = (await docker.json(`/exec/${id}/json`, { signal })) as {
    ExitCode: number | null;
  };
  return { code: code ?? -1, ...said };
}

/** A request with JSON. Its length is told: Docker takes the connection over after the last byte. */
function post(value: object): {
  readonly method: "POST";
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readable;
} {
  const json = Buffer.from(JSON.stringify(value));
  const headers = { "Content-Type": "application/json", "Content-Length": String(json.length) };
  return { method: "POST", headers, body: Readable.from([json]) };
}

async function bytes(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/**
 * Separates the output of a program, which Docker sends in frames: a byte 1 for stdout and 2 for
 * stderr, three empty bytes, the length in four bytes, the text.
 */
function texts(output: Buffer): Pick<Executed, "stdout" | "stderr"> {
  const frames: { readonly isError: boolean; readonly text: Buffer }[] = [];
  for (let at = 0; at + 8 <= output.length;) {
    const end = at + 8 + output.readUInt32BE(at + 4);
    frames.push({ isError: output[at] === 2, text: output.subarray(at + 8, end) });
    at = end;
  }
  const all = (wanted: boolean): string =>
    Buffer.concat(
      frames.filter(({ isError }) => isError === wanted).map(({ text }) => text),
    ).toString();
  return { stdout: all(false), stderr: all(true) };
}
