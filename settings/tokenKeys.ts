import { keySetText, type KeySet } from "../contract/keySet.ts";
import type { Setting } from "./kinds.ts";

const ALLOWED =
  "the JSON that /openid/v1/jwks of the cluster shows: public keys, each with its kid";
/** Command that shows the keys to who may see them. */
const SHOW = "kubectl get --raw /openid/v1/jwks";

/** A setting for the public keys of a cluster's tokens; its value is the text of {@link keySetText}. */
export function tokenKeys(about: string): Setting<string | undefined> {
  const key = { type: "object", required: ["kty", "kid"], not: { required: ["d"] } };
  const keys = { type: "array", minItems: 1, items: key };
  return {
    about,
    default: "",
    unset: "those that the cluster shows you",
    allowed: ALLOWED,
    schemas: [
      { const: "" },
      { type: "object", required: ["keys"], properties: { keys } },
      { type: "string", pattern: "^\\s*\\{" },
    ],
    read: (text, { key, faults }) => {
      if (text === "") return undefined;
      const found = keySet(text);
      if (typeof found !== "string") return keySetText(found);
      faults.add(key, `${key} ${found}`, `it must be ${ALLOWED}`, faults.set(key, `"$(${SHOW})"`));
      return undefined;
    },
  };
}

/** The keys in a text, or what is wrong with it, without the text: it may hold a private key. */
function keySet(text: string): KeySet | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return "is no JSON";
  }
  const { keys } = (value ?? {}) as { keys?: unknown };
  if (!Array.isArray(keys) || keys.length === 0) return "has no keys";
  const all = keys as readonly (Readonly<Record<string, unknown>> | null)[];
  const isKey = (one: (typeof all)[number]): boolean =>
    typeof one?.kid === "string" && typeof one.kty === "string";
  if (!all.every(isKey)) return "has a key without kid or kty";
  // A key's private part; a symmetric key is nothing else.
  if (all.some((one) => one?.d !== undefined || one?.kty === "oct")) return "has a private key";
  return { keys: all as KeySet["keys"] };
}
