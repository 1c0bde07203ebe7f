import type { Status } from "../contract/status.ts";
import type { Actions } from "./world.ts";

/** Seconds between two attempts: whoever shows a forged token must not keep the follower busy. */
const PAUSE = 10;

/** Gives the server the cluster's signing keys again when it refuses a client whose key it does not know. */
export class KeyRenewal {
  readonly #actions: Actions | undefined;
  readonly #seconds: () => number;
  #last = -Infinity;

  /** @param seconds tells the time in seconds */
  constructor(actions: Actions | undefined, seconds: () => number) {
    this.#actions = actions;
    this.#seconds = seconds;
  }

  /** Returns whether the server has taken keys that it did not know. */
  async renew({ unknownKey }: Pick<Status, "unknownKey">): Promise<boolean> {
    const now = this.#seconds();
    if (this.#actions === undefined || !unknownKey || now - this.#last < PAUSE) return false;
    this.#last = now;
    return this.#actions.giveKeys();
  }
}
