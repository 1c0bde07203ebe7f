/** Text in a node config, or in a name or path of data, that stands for the client's partition. */
export const PARTITION = "{partition}";

/** Spellings that people know from Python, shells and templates. */
const LIKE = /\$?\{+\s*partition([-_ ]?id)?\s*([:!][^{}]*)?\}+/gi;

/** The rule in words. */
export const PLACEHOLDER = `the client's number is written ${PARTITION}, and is 0, 1, …`;

/** A text with the placeholder written as it must be; undefined where it is right already. */
export function corrected(text: string): string | undefined {
  const right = text.replace(LIKE, PARTITION);
  return right === text ? undefined : right;
}
