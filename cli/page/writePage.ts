import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";

/**
 * Writes a page into a file, whose folder is made.
 * @returns bytes of the file
 */
export async function writePage(text: string, file: string): Promise<number> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
  return Buffer.byteLength(text);
}
