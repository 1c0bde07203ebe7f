import { oneLine } from "../kube/oneLine.ts";

/** The last line of a text that says something: of a traceback, the exception. */
export function lastLine(text: string | undefined): string {
  const lines = (text ?? "").split(/\r?\n/).filter((line) => line.trim() !== "");
  return oneLine(lines.at(-1) ?? "");
}
