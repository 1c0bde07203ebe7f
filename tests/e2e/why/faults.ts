import type { WhyStack } from "./whyStack.ts";

/** A fault that is seeded, and what must be on the screen. */
export interface Fault {
  readonly name: string;
  /** Command that shows it. */
  readonly by: "kubeflower status";
  /** Makes what the fault needs, before its time begins. */
  readonly prepare?: (stack: WhyStack) => Promise<unknown>;
  readonly seed: (stack: WhyStack) => Promise<unknown>;
  /** Sentence with its remedy. */
  readonly sentence: RegExp;
  /** What somebody else does, where the remedy alone is not enough. */
  readonly byHand?: (stack: WhyStack) => Promise<unknown>;
  /** Undoes what the remedy leaves behind. */
  readonly after?: (stack: WhyStack) => Promise<unknown>;
}
