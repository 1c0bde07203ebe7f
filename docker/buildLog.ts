import * as protobufModule from "google-protobuf";

import { commonJs } from "./commonJs.ts";

const { BinaryReader } = commonJs(protobufModule);

/** One line of the stream that Docker sends while it builds or pushes. */
interface Message {
  readonly id?: string;
  readonly aux?: unknown;
  readonly stream?: string;
  readonly status?: string;
  readonly error?: string;
  /** Bytes of a layer. */
  readonly progressDetail?: { readonly current?: number; readonly total?: number };
}

/** Number of the build's last lines that an error shows. */
const SHOWN = 20;

/** Milliseconds between two lines about a push. */
const EVERY = 10_000;

/** Transient states of a layer, repeated many times; the final state is SHOWN. */
const TRANSIENT = new Set(["Preparing", "Waiting", "Pushing"]);

/** A build or push that Docker has failed, with what Docker's own words leave out. */
export class BuildFailure extends Error {
  /** Docker's own words, such as `process "…" did not complete successfully: exit code: 1`. */
  readonly error: string;
  /** Last lines that the failed step printed. */
  readonly said: readonly string[];

  constructor(error: string, said: readonly string[]) {
    super([error, ...said].join("\n"));
    this.error = error;
    this.said = said;
  }
}

/** Reads the stream of a build or push: passes its messages on line by line, and keeps the digest. */
export class BuildLog {
  readonly #line: (line: string) => void;
  readonly #last: string[] = [];
  readonly #seen = new Set<string>();
  /** Layers that are being pushed, by id. */
  readonly #layers = new Map<string, { readonly current: number; readonly total: number }>();
  #counted = Date.now();
  #rest = "";
  /** Digest of the pushed image; undefined until the registry has given it. */
  pushed: string | undefined;
  #error: string | undefined;

  constructor(line: (line: string) => void) {
    this.#line = line;
  }

  /**
   * Reads a stream to its end.
   *
   * @throws BuildFailure when Docker reports an error
   */
  async read(stream: AsyncIterable<unknown>): Promise<void> {
    const decoder = new TextDecoder();
    for await (const chunk of stream) {
      const lines = (this.#rest + decoder.decode(chunk as Buffer, { stream: true })).split("\n");
      this.#rest = lines.pop() ?? "";
      for (const line of lines) this.#message(line);
    }
    this.#message(this.#rest);
    if (this.#error !== undefined) throw new BuildFailure(this.#error, this.#last);
  }

  #message(line: string): void {
    if (line.trim() === "") return;
    const message = JSON.parse(line) as Message;
    const { id, aux, stream, status, error } = message;
    if (error !== undefined) this.#error = error;
    if (id === "moby.buildkit.trace" && typeof aux === "string") this.#trace(aux);
    else if (isObject(aux) && typeof aux.Digest === "string") this.pushed = aux.Digest;
    if (stream !== undefined) this.#output(stream);
    if (id !== undefined && status === "Pushing") this.#push(id, message.progressDetail);
    if (status !== undefined && !TRANSIENT.has(status)) {
      this.#once(id === undefined ? status : `${id}: ${status}`);
    }
  }

  /** Counts a layer's bytes, and shows the sum of all now and then: layers report many times a second. */
  #push(id: string, { current = 0, total = 0 }: Message["progressDetail"] = {}): void {
    this.#layers.set(id, { current: Math.min(current, total), total });
    if (Date.now() - this.#counted < EVERY) return;
    this.#counted = Date.now();
    const sum = (key: "current" | "total"): string => {
      const bytes = [...this.#layers.values()].reduce((all, layer) => all + layer[key], 0);
      return String(Math.round(bytes / 1e6));
    };
    this.#line(`Pushing: ${sum("current")} of ${sum("total")} MB`);
  }

  /** Shows a line once: progress bars repeat their words many times a second. */
  #once(line: string): void {
    if (this.#seen.has(line)) return;
    this.#seen.add(line);
    this.#line(line);
  }

  #output(text: string): void {
    for (const line of text.split(/\r?\n|\r/)) {
      if (line.trim() === "") continue;
      this.#last.push(line);
      if (this.#last.length > SHOWN) this.#last.shift();
      this.#line(line);
    }
  }

  /** Reads BuildKit's progress, a `moby.buildkit.v1.StatusResponse`: its steps, their output, its warnings. */
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

/** Splits a protobuf message into its fields, each with its bytes; numbers have none. */
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
