import { object, type Reading, type Setting } from "./kinds.ts";

/** Text in a node config, or in a name or path of data, that stands for the client's partition. */
export const PARTITION = "{partition}";

/** Keys that Flower and this engine give themselves. */
const OURS = ["partition-id", "num-partitions"];

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
  }
}
