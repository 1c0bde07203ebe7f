import { object, type Reading, type Setting } from "./kinds.ts";

/** A text of JSON, or a whole number that JavaScript would round. */
const LARGE = /"(?:[^"\\]|\\.)*"|(?<![\d.eE+-])-?\d{16,}(?![\d.eE])/g;

/**
 * An object of texts by name, which may be secret: no message repeats a value.
 * @param check notes what is wrong with one of them
 */
export function secretTexts(
  row: Omit<Parameters<typeof object>[0], "hidden">,
  check: (name: string, value: unknown, reading: Reading) => void,
): Setting<Readonly<Record<string, string>>> {
  const whole = object({ ...row, hidden: true });
  return {
    ...whole,
    mayBeSecret: true,
    read: (text, reading) => {
      const given = whole.read(text.replace(LARGE, exactly), reading);
      if (given === undefined) return undefined;
      const entries = Object.entries(given);
      for (const [name, value] of entries) check(name, value, reading);
      return Object.fromEntries(entries.map(([name, value]) => [name, String(value)]));
    },
  };
}

/** A number as a text: all of them become texts, and this one keeps its digits. */
function exactly(found: string): string {
  return found.startsWith('"') ? found : `"${found}"`;
}
