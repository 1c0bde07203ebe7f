import { oneLine } from "../kube/oneLine.ts";
import type { Deadlines } from "./deadlines.ts";

/** Shortest and longest pause between two looks, in seconds. */
const PAUSE = { shortest: 1, longest: 8 } as const;

/** Contact with the API server: it is asked less often while it does not answer. */
export class ClusterContact {
  readonly #deadlines: Deadlines;
  readonly #print: (line: string) => void;
  #pause: number = PAUSE.shortest;

  constructor(deadlines: Deadlines, print: (line: string) => void) {
    this.#deadlines = deadlines;
    this.#print = print;
  }

  /** Seconds to wait before the next look. */
  get pause(): number {
    return this.#pause;
  }

  /** Notes an answer. */
  answered(): void {
    if (this.#pause > PAUSE.shortest) this.#print("the cluster answers again");
    this.#pause = PAUSE.shortest;
    this.#deadlines.answered();
  }

  /** Notes that there was no answer, for this reason. */
  lost(reason: string): void {
    if (this.#pause === PAUSE.shortest) {
      this.#print(`the cluster does not answer (${oneLine(reason, 200)}); trying again`);
    }
    this.#pause = Math.min(2 * this.#pause, PAUSE.longest);
  }
}
