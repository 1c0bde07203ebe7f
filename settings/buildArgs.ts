import type { Reading, Setting } from "./kinds.ts";
import { nearestName } from "./nearestName.ts";
import { secretTexts } from "./secretTexts.ts";

/** Build arguments that the Dockerfile declares for users. */
export const DECLARED = [
  "CA",
  "DEBIAN_MIRROR",
  "PIP_INDEX_URL",
  "PIP_EXTRA_INDEX_URL",
  "PIP_TRUSTED_HOST",
] as const;

/** Proxies, which every Dockerfile takes and no image keeps; each has a name in small letters too. */
export const PROXIES = ["HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY"] as const;

const NAMES: readonly string[] = [
  ...DECLARED,
  ...PROXIES,
  ...PROXIES.map((name) => name.toLowerCase()),
];
const CERTIFICATE = "-----BEGIN CERTIFICATE-----";

/** A setting for the build arguments of the image. No message repeats a value: it may hold a password. */
export function buildArgs(about: string): Setting<Readonly<Record<string, string>>> {
  const names = `${DECLARED.join(", ")}, or a proxy: ${PROXIES.join(", ")}`;
  return secretTexts(
    {
      about,
      unset: "the environment's HTTP_PROXY, HTTPS_PROXY and NO_PROXY alone",
      allowed: `an object of texts: ${names}`,
      schema: {
        properties: Object.fromEntries(NAMES.map((name) => [name, { type: "string" }])),
        additionalProperties: false,
      },
      example: ["buildArgs.PIP_INDEX_URL", "<url>"],
    },
    checkArg,
  );
}

function checkArg(name: string, value: unknown, { key, faults }: Reading): void {
  const path = `${key}.${name}`;
  if (!NAMES.includes(name)) {
    const nearest = nearestName(name, NAMES);
    const all = [...DECLARED, ...PROXIES].join(", ");
    const has = nearest === undefined ? `it has ${all}` : `did you mean ${nearest}?`;
    faults.add(key, `${path} is no argument of the image's build`, has, faults.remove(path));
  } else if (typeof value !== "string") {
    faults.add(key, `${path} is no text`, "it must be one", faults.set(path, "<text>"));
  } else if (name === "CA" && !value.includes(CERTIFICATE)) {
    const allowed = `it must be the text of a PEM file, with ${CERTIFICATE}`;
    faults.add(key, `${path} is no certificate`, allowed, faults.set(path, "< company.pem"));
  }
}
