import { createPublicKey } from "node:crypto";

import { newKeys, pem } from "../components/authority.ts";

/** A key pair for signing service-account tokens, both PEM. */
export async function tokenKeys(): Promise<{ privateKey: string; publicKey: string }> {
  const privateKey = await pem((await newKeys()).privateKey);
  const publicKey = createPublicKey(privateKey).export({ type: "spki", format: "pem" });
  return { privateKey, publicKey: publicKey.toString() };
}
