import type { Status } from "../contract/status.ts";
import { etaOf } from "./eta.ts";
import { secondsText } from "./quantities.ts";
import { roundLine } from "./report.ts";

/** Prints each finished round once, and a run's warning. */
export class RoundPrinter {
  readonly #print: (line: string) => void;
  #shown = 0;
  #warned: string | null = null;

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
  show(status: Status): boolean {
    const { history, rounds, warning } = status;
    if (warning !== null && warning !== this.#warned) this.#print(`warning: ${warning}`);
    this.#warned = warning;
    if (history.length < this.#shown) {
      this.#print(`the server was replaced; the run goes on after round ${history.length}`);
      this.#shown = history.length;
    }
    const fresh = history.filter(({ round }) => round > this.#shown);
    for (const round of fresh) {
      const left = round === history.at(-1) ? leftText(status) : "";
      this.#print(`${roundLine(round, rounds)}${left}`);
      this.#shown = round.round;
    }
    return fresh.length > 0;
  }
}

/** How long the run will still take, after the newest round of one that goes on. */
function leftText(status: Status): string {
  const seconds = status.history.length < status.rounds ? etaOf(status) : null;
  return seconds === null ? "" : `  about ${secondsText(seconds)} left`;
}
