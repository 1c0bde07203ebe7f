import type { UpFault, WhyStack } from "./whyStack.ts";

/** A fault that is seeded, and what must be on the screen. */
export interface Fault extends UpFault {
  readonly name: string;
  /** Command that shows it. */
  readonly by: "pulumi up" | "kubeflower status" | "kubeflower doctor";
  /** Makes what the fault needs, before its time begins. */
  readonly prepare?: (stack: WhyStack) => Promise<unknown>;
  /** Seeds it; `pulumi up` is typed after it where it shows the fault. */
  readonly seed: (stack: WhyStack) => Promise<unknown>;
  /** Values of the words in angle brackets in the remedy. */
  readonly values?: (stack: WhyStack) => Readonly<Record<string, string>>;
  /** What is done where the remedy is no command: it is somebody else's. */
  readonly byHand?: (stack: WhyStack) => Promise<unknown>;
  /** Undoes what the remedy leaves behind. */
  readonly after?: (stack: WhyStack) => Promise<unknown>;
}
