/**
 * Takes the command out of a sentence's remedy, as a person does who reads it: the first one, up to
 * the next alternative.
 * @param values values of the words in angle brackets
 */
export function commandIn(sentence: string, values: Readonly<Record<string, string>> = {}): string {
  const remedy = sentence.split(" — ").at(-1) ?? "";
  const [, command = ""] =
    /((?:pulumi|kubectl|kubeflower|echo) .*?)(?:,? or |, then|; |, see:|`|$)/.exec(remedy) ?? [];
  return command.replace(/<[^>]+>/g, (word) => values[word] ?? word);
}
