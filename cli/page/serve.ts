import { Fault } from "../fault.ts";
import type { LivePage } from "./livePage.ts";

/** A live page's surroundings. */
export interface Serving {
  /** Tells whether the run still goes on; a failure is as good as yes. */
  readonly goesOn: () => Promise<boolean>;
  /** Ends when the user wants the end. */
  readonly stopped: Promise<void>;
  /** Prints a line. */
  readonly print: (line: string) => void;
  /** Milliseconds between two looks at the run. @default 2000 */
  readonly every?: number;
}

/**
 * Serves a page until its run has ended.
 * @throws Fault when the user ends it before
 */
export async function serve(live: LivePage, serving: Serving): Promise<void> {
  const { goesOn, stopped, print, every = 2000 } = serving;
  print(`${await live.listen()} shows the run while it goes on; Ctrl-C ends this`);
  const stop = stopped.then(() => true);
  // While the server's pod is replaced it does not answer, and the run goes on in the next.
  while (await goesOn().catch(() => true)) {
    const pause = new Promise<false>((resolve) => setTimeout(resolve, every, false));
    if (await Promise.race([stop, pause])) {
      const remedy = "the run goes on; the same command shows it again";
      throw new Fault("interrupted", "the page is not served any longer", remedy);
    }
  }
  await live.close();
}

/** Ends at Ctrl-C. */
export function interruption(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      process.once(signal, () => {
        resolve();
      });
    }
  });
}
