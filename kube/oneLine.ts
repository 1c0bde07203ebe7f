/** Longest text of a cluster or server that one of our lines quotes, in characters. */
const LONGEST = 600;

/**
 * Makes a text of a scheduler, server or container one short line: without control characters (an
 * app's log may hold escape codes), line breaks and a full stop at the end.
 * @param longest in characters
 */
export function oneLine(text: string, longest = LONGEST): string {
  const plain = text
    .replace(/\u001b\[[0-9;]*[A-Za-z]/g, "")
    .replace(/[\u0000-\u001f\u007f]+/g, " ");
  const line = plain.replace(/\s+/g, " ").trim().replace(/\.$/, "");
  return line.length <= longest ? line : `${line.slice(0, longest - 1)}…`;
}
