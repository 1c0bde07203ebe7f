/** Longest text of another program that goes into one of our lines, in characters. */
const LONGEST = 600;

/**
 * Makes one short line of another program's text: without line breaks, control characters (an app's
 * log may hold escape codes) and the full stop at the end.
 * @param longest number of characters, the ellipsis included; 600 by default
 */
export function oneLine(text: string, longest = LONGEST): string {
  const plain = text
    .replace(/\u001b\[[0-9;]*[A-Za-z]/g, "")
    .replace(/[\u0000-\u001f\u007f]+/g, " ");
  const line = plain.replace(/\s+/g, " ").trim().replace(/\.$/, "");
  return line.length <= longest ? line : `${line.slice(0, longest - 1)}…`;
}

/** Takes the last line that is not empty: of a traceback, the exception; "" when there is none. */
export function lastLine(text: string | undefined): string {
  const lines = (text ?? "").split(/\r?\n/).filter((line) => line.trim() !== "");
  return oneLine(lines.at(-1) ?? "");
}
