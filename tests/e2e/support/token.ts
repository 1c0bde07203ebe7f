import { createPrivateKey, sign, type KeyObject } from "node:crypto";

/** Makes a JSON Web Token (RFC 7519) and signs it with an ECDSA key. */
export function signedToken(claims: object, keyId: string, key: KeyObject | string): string {
  const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString("base64url");
  const text = `${encode({ alg: "ES256", typ: "JWT", kid: keyId })}.${encode(claims)}`;
  const privateKey = typeof key === "string" ? createPrivateKey(key) : key;
  // RFC 7518, 3.4: the signature is its two numbers, not their DER encoding.
  const signature = sign("sha256", Buffer.from(text), {
    key: privateKey,
    dsaEncoding: "ieee-p1363",
  });
  return `${text}.${signature.toString("base64url")}`;
}

/** Reads the claims of a token without checking its signature. */
export function claimsOf(token: string): Record<string, unknown> {
  const [, claims = ""] = token.split(".");
  return JSON.parse(Buffer.from(claims, "base64url").toString()) as Record<string, unknown>;
}
