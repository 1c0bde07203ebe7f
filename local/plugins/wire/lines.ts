import { StringDecoder } from "node:string_decoder";

/** Longer lines are shown in pieces of this many characters; what is captured stays whole. */
const longest = 32 * 1024;

/** Cuts a stream of bytes into lines without their ends, whatever the pieces it arrives in. */
export class Lines {
  readonly #decoder = new StringDecoder("utf8");
  readonly #line: (line: string) => void;
  #rest = "";

  constructor(line: (line: string) => void) {
    this.#line = line;
  }

  push(bytes: Buffer): void {
    const lines = (this.#rest + this.#decoder.write(bytes)).split("\n");
    this.#rest = lines.pop() ?? "";
    for (const line of lines) this.#show(line);
    while (this.#rest.length > longest) {
      this.#line(this.#rest.slice(0, longest));
      this.#rest = this.#rest.slice(longest);
    }
  }

  /** Gives out what came after the last line's end. */
  end(): void {
    const rest = this.#rest + this.#decoder.end();
    this.#rest = "";
    if (rest !== "") this.#show(rest);
  }

  #show(line: string): void {
    const text = line.endsWith("\r") ? line.slice(0, -1) : line;
    if (text.length <= longest) {
      this.#line(text);
      return;
    }
    for (let from = 0; from < text.length; from += longest) {
      this.#line(text.slice(from, from + longest));
    }
  }
}
