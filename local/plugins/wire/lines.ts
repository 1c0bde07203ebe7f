import { StringDecoder } from "node:string_decoder";

/** Longest line in characters; longer ones are passed on in pieces. */
const LONGEST = 32 * 1024;

/** Cuts a stream of bytes into lines without their ends. */
export class Lines {
  readonly #decoder = new StringDecoder("utf8");
  readonly #line: (line: string) => void;
  #rest = "";

  constructor(line: (line: string) => void) {
    this.#line = line;
  }

  /** Takes the next bytes. */
  push(bytes: Buffer): void {
    const lines = (this.#rest + this.#decoder.write(bytes)).split("\n");
    this.#rest = lines.pop() ?? "";
    for (const line of lines) this.#show(line);
    while (this.#rest.length > LONGEST) {
      this.#line(this.#rest.slice(0, LONGEST));
      this.#rest = this.#rest.slice(LONGEST);
    }
  }

  /** Passes on what came after the last line's end. */
  end(): void {
    const rest = this.#rest + this.#decoder.end();
    this.#rest = "";
    if (rest !== "") this.#show(rest);
  }

  #show(line: string): void {
    const text = line.endsWith("\r") ? line.slice(0, -1) : line;
    if (text.length <= LONGEST) {
      this.#line(text);
      return;
    }
    for (let from = 0; from < text.length; from += LONGEST) {
      this.#line(text.slice(from, from + LONGEST));
    }
  }
}
