import * as protobufModule from "google-protobuf";

import { commonJs } from "../wire/commonJs.ts";

const { BinaryReader } = commonJs(protobufModule);

/** One line of what the engine streams while it builds or pushes. */
interface Message {
  readonly id?: string;
  readonly aux?: unknown;
  readonly stream?: string;
  readonly status?: string;
  readonly error?: string;
}

/** An error shows at most this many of the last lines the build printed. */
const shown = 20;

/** What a layer says while it is on its way: many times over, and it is told again when it has arrived. */
const underway = new Set(["Preparing", "Waiting", "Pushing"]);

/** Reads what the engine streams: what it says goes out line by line, what it found is kept. */
export class BuildLog {
  readonly #line: (line: string) => void;
  readonly #last: string[] = [];
  readonly #seen = new Set<string>();
  #rest = "";
  /** The built image's id, when the engine said it. */
  imageId: string | undefined;
  /** The pushed image's digest, when the engine said it. */
  pushed: string | undefined;
  #error: string | undefined;

  constructor(line: (line: string) => void) {
    this.#line = line;
  }

  /**
   * Reads a stream to its end.
   *
   * @throws when the engine reports an error, with the last lines before it
   */
  async read(stream: AsyncIterable<unknown>): Promise<void> {
    const decoder = new TextDecoder();
    for await (const chunk of stream) {
      const lines = (this.#rest + decoder.decode(chunk as Buffer, { stream: true })).split("\n");
      this.#rest = lines.pop() ?? "";
      for (const line of lines) this.#message(line);
    }
    this.#message(this.#rest);
    if (this.#error !== undefined) throw new Error([this.#error, ...this.#last].join("\n"));
  }

  #message(line: string): void {
    if (line.trim() === "") return;
    const { id, aux, stream, status, error } = JSON.parse(line) as Message;
    if (error !== undefined) this.#error = error;
    if (id === "moby.buildkit.trace" && typeof aux === "string") this.#trace(aux);
    else if (isObject(aux)) {
      if (typeof aux["ID"] === "string") this.imageId = aux["ID"];
      if (typeof aux["Digest"] === "string") this.pushed = aux["Digest"];
    }
    if (stream !== undefined) this.#output(stream);
    if (status !== undefined && !underway.has(status)) {
      this.#once(id === undefined ? status : `${id}: ${status}`);
    }
  }

  /** Bars of progress come many times a second: only their words are shown, once each. */
  #once(line: string): void {
    if (this.#seen.has(line)) return;
    this.#seen.add(line);
    this.#line(line);
  }

  #output(text: string): void {
    for (const line of text.split(/\r?\n|\r/)) {
      if (line.trim() === "") continue;
      this.#last.push(line);
      if (this.#last.length > shown) this.#last.shift();
      this.#line(line);
    }
  }

  /** BuildKit's own progress: `moby.buildkit.v1.StatusResponse`, of which steps and their output are used. */
  #trace(encoded: string): void {
    for (const [field, bytes] of fields(Buffer.from(encoded, "base64"))) {
      if (field === 1) this.#step(bytes);
      if (field === 3) this.#output(textOf(bytes, 4));
      if (field === 4) this.#once(`warning: ${textOf(bytes, 3)}`);
    }
  }

  #step(vertex: Uint8Array): void {
    const known = new Map(fields(vertex));
    const name = decode(known.get(3));
    if (name === "" || name.startsWith("[internal]")) return;
    if (known.has(4)) this.#once(`${name} (cached)`);
    else if (known.has(5)) this.#once(name);
  }
}

/** The fields of a protobuf message, each with its bytes; numbers come as no bytes. */
function fields(message: Uint8Array): [number, Uint8Array][] {
  const reader = new BinaryReader(message);
  const found: [number, Uint8Array][] = [];
  while (reader.nextField()) {
    if (reader.isEndGroup()) break;
    const field = reader.getFieldNumber();
    const lengthDelimited = 2;
    if ((reader.getWireType() as number) === lengthDelimited) {
      found.push([field, reader.readBytes()]);
    } else {
      reader.skipField();
      found.push([field, new Uint8Array()]);
    }
  }
  return found;
}

function textOf(message: Uint8Array, field: number): string {
  return decode(new Map(fields(message)).get(field));
}

function decode(bytes: Uint8Array | undefined): string {
  return Buffer.from(bytes ?? []).toString("utf8");
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
