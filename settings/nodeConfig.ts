import { object, type Reading, type Setting } from "./kinds.ts";
import { corrected, PARTITION, PLACEHOLDER } from "./placeholder.ts";

/** Keys that Flower and this engine give themselves. */
const OURS = ["partition-id", "num-partitions"];
/** Largest whole number that JSON keeps as it is. */
const LARGEST = String(Number.MAX_SAFE_INTEGER);

/** A setting for the node config of all clients. */
export function nodeConfig(about: string): Setting<Readonly<Record<string, unknown>>> {
  const whole = object({
    about,
    unset: "partition-id and num-partitions alone",
    allowed: `an object of texts, numbers and truths, beside partition-id and num-partitions; ${PARTITION} in a text is the client's own`,
    schema: {
      propertyNames: { not: { enum: OURS } },
      additionalProperties: { type: ["string", "number", "boolean"] },
    },
    example: ["nodeConfig.<key>", "<value>"],
  });
  return {
    ...whole,
    read: (text, reading) => {
      const given = whole.read(text, reading);
      for (const [name, value] of Object.entries(given ?? {})) check(name, value, reading);
      return given;
    },
  };
}

function check(name: string, value: unknown, { key, faults }: Reading): void {
  const path = `${key}["${name}"]`;
  if (OURS.includes(name)) {
    const allowed = "each client has its own from its partition";
    faults.add(key, `${path} is not free`, allowed, faults.remove(path));
  } else if (!["string", "number", "boolean"].includes(typeof value)) {
    const allowed = "it must be a text, a number or a truth, as in Flower";
    const wrong = `${path} is ${JSON.stringify(value)}`;
    faults.add(key, wrong, allowed, faults.set(path, "<value>"));
  } else if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
    const allowed = `it must be a whole number from -${LARGEST} to ${LARGEST}, or a text`;
    const remedy = faults.set(path, "<value> --type string");
    faults.add(key, `${path} is ${JSON.stringify(value)}`, allowed, remedy);
  } else if (typeof value === "string") {
    const right = corrected(value);
    if (right === undefined) return;
    faults.add(key, `${path} is "${value}"`, PLACEHOLDER, faults.set(path, right));
  }
}
