/** Longest text of others (scheduler, server, container) that goes into one of our lines. */
const LONGEST = 600;

/**
 * Text of others as one short line: no control characters (an app's log may hold escape codes),
 * no line breaks, at most 600 characters, no full stop at the end.
 */
export function oneLine(text: string, longest = LONGEST): string {
  const plain = text
    .replace(/\u001b\[[0-9;]*[A-Za-z]/g, "")
    .replace(/[\u0000-\u001f\u007f]+/g, " ");
  const line = plain.replace(/\s+/g, " ").trim().replace(/\.$/, "");
  return line.length <= longest ? line : `${line.slice(0, longest - 1)}…`;
}

/** The last line of a text that says something: of a traceback, the exception. */
export function lastLine(text: string | undefined): string {
  const lines = (text ?? "").split(/\r?\n/).filter((line) => line.trim() !== "");
  return oneLine(lines.at(-1) ?? "");
}
