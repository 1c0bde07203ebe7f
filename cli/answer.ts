import { EXIT, faultOf } from "./fault.ts";

/** Version of the form of all JSON documents; it grows when a key changes its meaning. */
export const SCHEMA = 1;

/** Answer of a verb, for people and for programs. */
export interface Answer {
  /** Document for programs, see schemas/. */
  readonly document: object;
  /** Lines for people. */
  readonly lines: readonly string[];
  /** Exit code. @default 0 */
  readonly code?: number;
}

/**
 * Prints the answer of a verb and ends the process: with `json` one document on standard output, else
 * lines. A failure is the error envelope on standard output, or one sentence on standard error.
 */
export async function answer(json: boolean, ask: () => Promise<Answer>): Promise<never> {
  // The reader of a pipe may end first, like `head`.
  process.stdout.once("error", () => process.exit(1));
  try {
    const { document, lines, code = 0 } = await ask();
    const text = json ? JSON.stringify({ schema_version: SCHEMA, ...document }) : lines.join("\n");
    return await end(process.stdout, text, code);
  } catch (error) {
    const fault = faultOf(error);
    if (json) return end(process.stdout, JSON.stringify(fault.envelope()), EXIT[fault.code]);
    return end(process.stderr, fault.message, EXIT[fault.code]);
  }
}

/** Ends the process once the text is written: open port-forwards would keep it alive. */
function end(stream: NodeJS.WriteStream, text: string, code: number): Promise<never> {
  return new Promise(() => {
    stream.write(text === "" ? "" : `${text}\n`, () => process.exit(code));
  });
}
