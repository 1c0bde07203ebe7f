/** Why a run cannot start or go on. */
export interface Finding {
  /** One sentence: what is wrong with its value — what is allowed — the command that mends it. */
  readonly sentence: string;
  /** Name of the one pod it is about; undefined when it stops the whole federation. */
  readonly pod?: string;
}
