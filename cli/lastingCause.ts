import { Hopeless } from "../kube/errors.ts";
import type { Cause } from "./diagnosis/cause.ts";

/** Seconds between two diagnoses. */
const BETWEEN = 3;
/** Seconds that a cause must persist; the grace periods of single faults come before. */
const CONFIRMED = 10;
/** Seconds for which a finished round shows that a run is well. */
const WITHOUT_ROUND = 60;

/** Chooses the moments of diagnoses, and tells a lasting cause from a passing one. */
export class LastingCause {
  readonly #seconds: () => number;
  #diagnosed = -Infinity;
  #round: number;
  #since: number | null = null;

  /** @param seconds the clock */
  constructor(seconds: () => number) {
    this.#seconds = seconds;
    this.#round = seconds();
  }

  /** Notes that a round has finished. */
  roundFinished(): void {
    this.#round = this.#seconds();
  }

  /**
   * Tells whether to diagnose now; a run whose rounds go on needs no diagnosis while nothing is amiss.
   * @param running whether the run has started
   * @param amiss whether something shows that it may be held up, such as a client that is offline
   */
  isDue(running: boolean, amiss: boolean): boolean {
    const now = this.#seconds();
    if (running && !amiss && this.#goesOn()) {
      this.#since = null;
      return false;
    }
    if (now - this.#diagnosed < BETWEEN) return false;
    this.#diagnosed = now;
    return true;
  }

  /**
   * Notes the cause that the diagnosis has found, or null.
   * @param running whether the run has started: then its rounds may go on all the same
   * @throws Hopeless when there has been one that lasts for long enough
   */
  found(cause: Cause | null, running: boolean): void {
    if (cause?.lasts !== true || (running && this.#goesOn())) {
      this.#since = null;
      return;
    }
    this.#since ??= this.#diagnosed;
    if (this.#diagnosed - this.#since >= CONFIRMED) throw new Hopeless(cause.text);
  }

  #goesOn(): boolean {
    return this.#seconds() - this.#round < WITHOUT_ROUND;
  }
}
