/** Seconds without an answer of the API server: one that restarts is gone for up to a minute. */
export const WITHOUT_API = 75;
/** Seconds without progress until the run has started; a long pull of an image is progress. */
export const WITHOUT_PROGRESS = 150;

/** Deadline of a follower: of an answer of the API server, of progress, or of the whole run. */
export type Deadline = "api" | "progress" | "timeout";

/** Clocks of a follower. */
export class Deadlines {
  readonly #seconds: () => number;
  readonly #end: number;
  #answered: number;
  #progressed: number;

  /**
   * @param seconds the clock
   * @param timeout seconds from now to the deadline of the whole run
   */
  constructor(seconds: () => number, timeout: number) {
    this.#seconds = seconds;
    this.#answered = this.#progressed = seconds();
    this.#end = seconds() + timeout;
  }

  /** Notes an answer of the API server. */
  answered(): void {
    this.#answered = this.#seconds();
  }

  /** Notes progress. */
  progressed(): void {
    this.#progressed = this.#seconds();
  }

  /** Finds a deadline that has passed; undefined while none has. */
  passed(): Deadline | undefined {
    const now = this.#seconds();
    if (now - this.#answered >= WITHOUT_API) return "api";
    if (now - this.#progressed >= WITHOUT_PROGRESS) return "progress";
    return now >= this.#end ? "timeout" : undefined;
  }
}
