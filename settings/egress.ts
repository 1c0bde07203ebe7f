import { isIP } from "node:net";

import type { Setting } from "./kinds.ts";

/** Way out of a pod: a word, or addresses with a port or all of theirs. */
export type WayOut =
  "dns" | "https" | "all" | { readonly cidr: string; readonly port: number | undefined };

const WORDS = ["dns", "https", "all"] as const;
/** Names of hosts, also as an address of the web. */
const HOST = /^(\w+:\/\/)?([\w-]+\.)+[a-z]{2,}([:/].*)?$/i;
const ALLOWED =
  "it must be dns, https, all, or addresses such as 10.0.0.0/8, 10.1.2.3:5432 or [fd00::/8]:443";
/** Form of addresses; whether they are some is seen when they are read. */
const ADDRESSES =
  /^(?:(?:\[([\da-fA-F:.]+(?:\/\d+)?)\]|([\d.]+(?:\/\d+)?))(?::(\d+))?|([\da-fA-F:.]+:[\da-fA-F:.]*\/\d+))$/;

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
    read: (text, reading) => {
      const { list, isList } = items(text);
      const { key, faults } = reading;
      return list.flatMap((item, at) => {
        const way = wayOut(item);
        if (way !== undefined) return [way];
        const place = isList ? `${key}[${at}]` : key;
        const allowed =
          typeof item === "string" && HOST.test(item)
            ? `policies know addresses and no names: https is port 443 of them all, and ${ALLOWED}`
            : ALLOWED;
        faults.add(key, `${key} has ${JSON.stringify(item)}`, allowed, faults.set(place, "https"));
        return [];
      });
    },
  };
}

/** Items of a list as JSON, or of one with commas, as one types it. */
function items(text: string): { readonly list: readonly unknown[]; readonly isList: boolean } {
  try {
    const value: unknown = JSON.parse(text);
    if (Array.isArray(value)) return { list: value, isList: true };
  } catch {
    // It is a list with commas.
  }
  const list = text.split(",").flatMap((item) => (item.trim() === "" ? [] : [item.trim()]));
  return { list, isList: false };
}

function wayOut(item: unknown): WayOut | undefined {
  if (typeof item !== "string") return undefined;
  const text = item.trim();
  return WORDS.find((name) => name === text.toLowerCase()) ?? addresses(text);
}

function addresses(text: string): WayOut | undefined {
  const [, inner, plain, port, ipv6] = ADDRESSES.exec(text) ?? [];
  const [address = "", bits] = (inner ?? plain ?? ipv6 ?? "").split("/");
  const version = isIP(address);
  const most = version === 4 ? 32 : 128;
  const length = Number(bits ?? most);
  const number = port === undefined ? undefined : Number(port);
  if (version === 0 || length > most || number === 0 || (number ?? 1) > 65_535) return undefined;
  return { cidr: `${address}/${length}`, port: number };
}
