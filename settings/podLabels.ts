import type { Reading } from "./kinds.ts";

type Values = Readonly<Record<string, unknown>>;

const NAME = /^([A-Za-z0-9]([-\w.]{0,61}[A-Za-z0-9])?)$/;
const PREFIX = /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/;
const VALUE = /^([A-Za-z0-9]([-\w.]{0,61}[A-Za-z0-9])?)?$/;

/** Notes the keys and values that are none of a label's; only keys where any text may be a value. */
export function checkSyntax(
  values: unknown,
  path: string,
  { key, faults }: Reading,
  hasValues = true,
): void {
  if (values === null || typeof values !== "object") return;
  for (const [name, value] of Object.entries(values as Values)) {
    if (name.startsWith("$")) continue;
    const place = `${path}["${name}"]`;
    // Annotations may have capitals before the slash, too.
    const lower = hasValues ? name : name.toLowerCase();
    const [last = "", prefix, ...more] = lower.split("/").toReversed();
    if (!NAME.test(last) || more.length > 0 || (prefix !== undefined && !PREFIX.test(prefix))) {
      const allowed =
        "it must have letters, digits, - _ and ., at most 63, and perhaps a DNS name and / before them";
      faults.add(key, `${place} is no name of a label`, allowed, faults.remove(place));
    } else if (hasValues && typeof value === "string" && !VALUE.test(value)) {
      const allowed = "a label's value has letters, digits, - _ and ., at most 63";
      faults.add(key, `${place} is "${value}"`, allowed, faults.set(place, "<value>"));
    }
  }
}
