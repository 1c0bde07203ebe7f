/**
 * Takes the command out of a sentence's remedy, as a person does who reads it: the first one, up to
 * the next alternative.
 */
export function commandIn(sentence: string): string {
  const remedy = sentence.split(" — ").at(-1) ?? "";
  const [, command = ""] =
    /((?:pulumi|kubectl|kubeflower|echo) .*?)(?:,? or |, then|; |, see:|`|$)/.exec(remedy) ?? [];
  return command;
}
