import type { Status } from "../contract/status.ts";
import { roundLine } from "./report.ts";

/** Prints each finished round once. */
export class RoundPrinter {
  readonly #print: (line: string) => void;
  #shown = 0;

  constructor(print: (line: string) => void) {
    this.#print = print;
  }

  /** Number of the last round that was printed; 0 before the first. */
  get shown(): number {
    return this.#shown;
  }

  /**
   * Prints the rounds of a status that are new. Rounds that a replaced server has lost are printed
   * again when it has repeated them.
   * @returns whether there was a new one
   */
  show({ history, rounds }: Status): boolean {
    if (history.length < this.#shown) {
      this.#print(`the server was replaced; the run goes on after round ${history.length}`);
      this.#shown = history.length;
    }
    const fresh = history.filter(({ round }) => round > this.#shown);
    for (const round of fresh) {
      this.#print(roundLine(round, rounds));
      this.#shown = round.round;
    }
    return fresh.length > 0;
  }
}
