import type { Waiting } from "./diagnosis/waiting.ts";
import { secondsText } from "./quantities.ts";

/** Part of a run in which it waits: for a server that answers, for pods of new settings, for clients. */
export type Phase = "server" | "pods" | "clients";

const ENDS: Readonly<Record<Phase, string>> = {
  server: "the server is ready",
  pods: "the pods are ready",
  clients: "the clients are connected",
};

/** Prints what a run waits for, a line a change, and how long each phase has taken. */
export class PhasePrinter {
  readonly #print: (line: string) => void;
  readonly #seconds: () => number;
  #phase: Phase | null = null;
  #since = 0;
  /** Last line of this phase; null before the first. */
  #line: string | null = null;
  #waiting: string | null = null;
  /** Seconds of this phase in which images were pulled, and since when they are. */
  #pulls = 0;
  #pulling: number | null = null;

  /** @param seconds the clock */
  constructor(print: (line: string) => void, seconds: () => number) {
    this.#print = print;
    this.#seconds = seconds;
  }

  /** Last text that said what the run waits for; null before the first. */
  get waiting(): string | null {
    return this.#waiting;
  }

  /**
   * Notes in which phase the run is; null: in none. The one before has then ended well, unless the
   * server is gone: it comes first of all.
   */
  enter(phase: Phase | null): void {
    if (phase === this.#phase) return;
    if (this.#phase !== null && phase !== "server") {
      const seconds = secondsText(this.#seconds() - this.#since);
      this.#pull(false);
      const pulls = this.#pulls > 0 ? `, ${secondsText(this.#pulls)} of them for images` : "";
      this.#print(`${ENDS[this.#phase]} after ${seconds}${pulls}`);
    }
    this.#phase = phase;
    this.#since = this.#seconds();
    this.#line = null;
    this.#pulls = 0;
    this.#pulling = null;
  }

  /**
   * Prints what the phase waits for when that has changed.
   * @param waiting its text is the same as long as nothing has happened; it is busy while images are pulled
   * @param count a count that may go up and down without progress; it is printed before the text
   * @returns whether the text is new
   */
  show({ text, busy }: Waiting, count?: string): boolean {
    this.#pull(busy);
    const line = count === undefined ? text : `${count}, ${text}`;
    if (line !== this.#line) this.#print(line);
    this.#line = line;
    const isNew = text !== this.#waiting;
    this.#waiting = text;
    return isNew;
  }

  #pull(busy: boolean): void {
    const now = this.#seconds();
    if (this.#pulling !== null) this.#pulls += now - this.#pulling;
    this.#pulling = busy ? now : null;
  }
}
