import { Gone, type FileSource } from "./fileSource.ts";

/** Reads a small file of a run; null when there is none, or it is empty. */
export async function readText(
  source: FileSource,
  run: string,
  path: string,
): Promise<string | null> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of source.read(run, path, 0)) chunks.push(chunk);
  } catch (fault) {
    if (fault instanceof Gone) return null;
    throw fault;
  }
  return Buffer.concat(chunks).toString();
}
