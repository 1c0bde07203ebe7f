import { spawn } from "node:child_process";

import type { Checkout } from "../../../dev/checkout.ts";

/** Milliseconds within which a command ends, or is ended. */
const DEADLINE = 5 * 60_000;

/** A command line that runs, and what is on its screen. */
export class Screen {
  /** Everything that was printed. */
  said = "";
  readonly began = Date.now();
  /** Exit code, once the command has ended. */
  readonly ended: Promise<number>;
  readonly #group: number;
  readonly #waiting = new Set<() => void>();
  #over = false;

  constructor(checkout: Checkout, line: string) {
    const options = { cwd: checkout.sources, env: checkout.env, detached: true };
    const child = spawn("bash", ["-ec", line], options);
    this.#group = child.pid ?? 0;
    const read = (chunk: Buffer): void => {
      this.said += chunk.toString();
      this.#look();
    };
    child.stdout.on("data", read);
    child.stderr.on("data", read);
    const late = setTimeout(() => process.kill(-this.#group, "SIGKILL"), DEADLINE);
    this.ended = new Promise((done) => {
      child.on("close", (code) => {
        clearTimeout(late);
        this.#over = true;
        this.#look();
        done(code ?? -1);
      });
    });
  }

  /** Waits until the screen shows this; returns it with the rest of its line. @throws Error when it ends without */
  async shows(sentence: RegExp): Promise<string> {
    for (;;) {
      const found = sentence.exec(this.said);
      const end = found === null ? -1 : this.said.indexOf("\n", found.index + found[0].length);
      if (found !== null && (end >= 0 || this.#over)) {
        return sentenceIn(this.said.slice(found.index, end < 0 ? undefined : end));
      }
      if (this.#over) throw new Error(`nothing like ${String(sentence)} in:\n${this.said}`);
      await new Promise<void>((look) => this.#waiting.add(look));
    }
  }

  /** Presses Ctrl-C, and waits for the end. */
  async interrupt(): Promise<void> {
    if (!this.#over) process.kill(-this.#group, "SIGINT");
    await this.ended;
  }

  #look(): void {
    for (const look of this.#waiting) look();
    this.#waiting.clear();
  }
}

/** A run's result has its reason, too, within JSON; doctor has the remedy on a line of its own. */
function sentenceIn(text: string): string {
  return text
    .replace(/","rounds":.*$/, "")
    .replace(/\n\s*→ /, " — ")
    .trim();
}
