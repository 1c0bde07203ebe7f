/** State that holds a federation up. */
export interface Cause {
  /** One sentence: what is wrong — what is allowed — what to do. */
  readonly text: string;
  /** Whether it has lasted so long that waiting will not mend it: an update ends with it. */
  readonly lasts: boolean;
}

/** Seconds for which a state may be a step on the way of healthy pods: nobody is told of it. */
const STEP = 3;

/**
 * Makes the cause of a state; null while it is too young to be told.
 * @param seconds age of the state
 * @param patience seconds after which it lasts
 */
export function cause(text: string, seconds: number, patience: number): Cause | null {
  return seconds < STEP ? null : { text, lasts: seconds >= patience };
}

/** Chooses the first cause that lasts, else the first; null when there is none. */
export function foremost(causes: readonly (Cause | null)[]): Cause | null {
  const found = causes.filter((one) => one !== null);
  return found.find(({ lasts }) => lasts) ?? found[0] ?? null;
}
