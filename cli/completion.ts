import type { Command, Option } from "commander";

/** Shell whose completion can be printed. */
type Shell = "bash" | "zsh" | "fish";

/** A verb and its options, as a completion offers them. */
interface Verb {
  readonly name: string;
  readonly about: string;
  readonly options: readonly Option[];
}

const WRITERS: Readonly<Record<Shell, (program: string, verbs: readonly Verb[]) => string>> = {
  bash,
  zsh,
  fish,
};

/** Writes the script by which a shell completes a program's verbs and options. */
export function completion(program: Command, shell: Shell): string {
  const verbs = program.commands.map((command) => ({
    name: command.name(),
    about: command.description(),
    options: command.options,
  }));
  return WRITERS[shell](program.name(), verbs);
}

/** Where a verb takes a file or a folder, `-o default` completes it. */
function bash(program: string, verbs: readonly Verb[]): string {
  const cases = verbs.map(({ name, options }) => {
    const words = options.map(({ long }) => long).join(" ");
    return `    ${name}) words="${words}" ;;`;
  });
  return [
    `_${program}() {`,
    `  local words="${verbs.map(({ name }) => name).join(" ")}"`,
    '  [ "$COMP_CWORD" -gt 1 ] && case "${COMP_WORDS[1]}" in',
    ...cases,
    '    *) words="" ;;',
    "  esac",
    '  COMPREPLY=($(compgen -W "$words" -- "${COMP_WORDS[COMP_CWORD]}"))',
    "}",
    `complete -o default -F _${program} ${program}`,
  ].join("\n");
}

function zsh(program: string, verbs: readonly Verb[]): string {
  const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
  const cases = verbs.map(({ name, options }) => {
    const list = options.map(({ long, description, required }) => {
      const about = description.replace(/[[\]:]/g, "");
      return quoted(`${long ?? ""}[${about}]${required ? ":value:_files" : ""}`);
    });
    return `    ${name}) _arguments ${[...list, quoted("*:file:_files")].join(" ")} ;;`;
  });
  return [
    `#compdef ${program}`,
    `_${program}() {`,
    "  local -a verbs",
    `  verbs=(${verbs.map(({ name, about }) => quoted(`${name}:${about.replaceAll(":", "")}`)).join(" ")})`,
    "  if ((CURRENT == 2)); then _describe verb verbs; return; fi",
    "  local verb=$words[2]",
    "  shift words",
    "  ((CURRENT--))",
    "  case $verb in",
    ...cases,
    "  esac",
    "}",
    `compdef _${program} ${program}`,
  ].join("\n");
}

function fish(program: string, verbs: readonly Verb[]): string {
  const quoted = (text: string): string => `'${text.replace(/[\\']/g, "\\$&")}'`;
  return verbs
    .flatMap(({ name, about, options }) => [
      `complete -c ${program} -n __fish_use_subcommand -f -a ${name} -d ${quoted(about)}`,
      ...options.map(({ long, description, required }) => {
        const takes = required ? " -r" : "";
        const option = (long ?? "").replace(/^--/, "");
        return `complete -c ${program} -n '__fish_seen_subcommand_from ${name}' -l ${option}${takes} -d ${quoted(description)}`;
      }),
    ])
    .join("\n");
}
