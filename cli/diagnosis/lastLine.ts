import { oneLine } from "../../kube/oneLine.ts";

/** Takes the last line that is not empty: of a traceback, the exception; "" when there is none. */
export function lastLine(text: string | undefined): string {
  const lines = (text ?? "").split(/\r?\n/).filter((line) => line.trim() !== "");
  return oneLine(lines.at(-1) ?? "");
}
