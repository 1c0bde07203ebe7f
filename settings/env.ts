import type { Reading, Setting } from "./kinds.ts";
import { secretTexts } from "./secretTexts.ts";

/** Most bytes that Linux takes as one variable, with its name: MAX_ARG_STRLEN. */
const MOST = 131_071;
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Variables without which the image's programs do not start, or start others. */
export const OURS = /^(KUBEFLOWER_.*|PATH|HOME|PYTHONPATH|PYTHONHOME|LD_PRELOAD|LD_LIBRARY_PATH)$/;

/** A setting for environment variables. No message repeats a value: it may be secret. */
export function environmentVariables(about: string): Setting<Readonly<Record<string, string>>> {
  return secretTexts(
    {
      about,
      unset: "none",
      allowed: "an object of texts by the names of variables; set a secret one with --secret",
      schema: {
        propertyNames: { pattern: NAME.source, not: { pattern: OURS.source } },
        additionalProperties: { type: ["string", "number", "boolean"] },
      },
      example: ["env.<NAME>", "<value>"],
    },
    checkVariable,
  );
}

function checkVariable(name: string, value: unknown, { key, faults }: Reading): void {
  const path = `${key}.${name}`;
  if (!NAME.test(name)) {
    const allowed = "it must have letters, digits and _, and no digit first";
    faults.add(key, `${path} is no variable's name`, allowed, faults.remove(`${key}["${name}"]`));
  } else if (OURS.test(name)) {
    const allowed = "the image's programs need it as it is";
    faults.add(key, `${path} is not free`, allowed, faults.remove(path));
  } else if (!["string", "number", "boolean"].includes(typeof value)) {
    faults.add(key, `${path} is no text`, "it must be one", faults.set(path, "<text>"));
  } else {
    const bytes = Buffer.byteLength(`${name}=${String(value)}`);
    const allowed = `Linux takes ${MOST} at most: a file is in the image, or on a volume of data`;
    if (bytes > MOST) faults.add(key, `${path} has ${bytes} bytes`, allowed, faults.remove(path));
  }
}
