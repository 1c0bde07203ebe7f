import { isIP } from "node:net";

import type { Reading, Setting } from "./kinds.ts";

/** Way out of a pod: a word, or addresses with a port or all of theirs. */
export type WayOut =
  "dns" | "https" | "all" | { readonly cidr: string; readonly port: number | undefined };

const WORDS = ["dns", "https", "all"] as const;
const ALLOWED =
  "it must be dns, https, all, or addresses such as 10.0.0.0/8, 10.1.2.3:5432 or [fd00::/8]:443";
/** Form of addresses; whether they are some is seen when they are read. */
const ADDRESSES = /^(?:\[([\da-fA-F:.]+(?:\/\d+)?)\]|([\d.]+(?:\/\d+)?))(?::(\d+))?$/;

/** A setting for the ways out of pods. */
export function waysOut(about: string): Setting<readonly WayOut[]> {
  return {
    about,
    default: [],
    unset: "none beside the stream and the cluster's DNS",
    allowed: `a list: ${ALLOWED.replace("it must be ", "")}`,
    schemas: [
      { const: "" },
      {
        type: "array",
        items: { anyOf: [{ enum: WORDS }, { type: "string", pattern: ADDRESSES.source }] },
      },
      { type: "string" },
    ],
    read: (text, reading) => items(text).flatMap((item) => wayOut(item, reading) ?? []),
  };
}

/** Items of a list as JSON, or of one with commas, as one types it. */
function items(text: string): unknown[] {
  try {
    const value: unknown = JSON.parse(text);
    if (Array.isArray(value)) return value;
  } catch {
    // It is a list with commas.
  }
  return text.split(",").flatMap((item) => (item.trim() === "" ? [] : [item.trim()]));
}

function wayOut(item: unknown, { key, faults }: Reading): WayOut | undefined {
  const word = WORDS.find((name) => name === item);
  const found = word ?? (typeof item === "string" ? addresses(item) : undefined);
  if (found === undefined) {
    const wrong = `${key} has ${JSON.stringify(item)}`;
    faults.add(key, wrong, ALLOWED, faults.set(`${key}[0]`, "https"));
  }
  return found;
}

function addresses(text: string): WayOut | undefined {
  const [, inner, plain, port] = ADDRESSES.exec(text) ?? [];
  const [address = "", bits] = (inner ?? plain ?? "").split("/");
  const version = isIP(address);
  const most = version === 4 ? 32 : 128;
  const length = Number(bits ?? most);
  const number = port === undefined ? undefined : Number(port);
  if (version === 0 || length > most || number === 0 || (number ?? 1) > 65_535) return undefined;
  return { cidr: `${address}/${length}`, port: number };
}
