import { createHash, type Hash } from "node:crypto";
import { createReadStream } from "node:fs";

/** SHA-256 of the bytes of a file so far, to which more may be added; reads it in pieces. */
export async function openDigest(file: string, bytes?: number): Promise<Hash> {
  const hash = createHash("sha256");
  if (bytes === 0) return hash;
  const options = bytes === undefined ? {} : { end: bytes - 1 };
  for await (const chunk of createReadStream(file, options) as AsyncIterable<Buffer>) {
    hash.update(chunk);
  }
  return hash;
}

/** SHA-256 of a file in hex. */
export async function fileDigest(file: string): Promise<string> {
  return (await openDigest(file)).digest("hex");
}

/** SHA-256 of a text in hex. */
export function textDigest(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
