import type { Answer } from "../answer.ts";
import { Fault } from "../fault.ts";
import { readManifest } from "../results/manifest.ts";
import { findings } from "../results/verify.ts";

/** Checks a folder of results: each digest, and how the files hang together. */
export async function verify(folder: string): Promise<Answer> {
  const read = await readManifest(folder);
  if (read === null) {
    throw new Fault(
      "usage",
      `${folder} has no manifest.json`,
      "name a folder that `kubeflower results` has filled",
    );
  }
  const { manifest, whole } = read;
  const found = await findings(folder, manifest, whole);
  const good = found.length === 0;
  return {
    document: {
      run: manifest.run,
      state: manifest.state,
      files: manifest.files.length,
      good,
      findings: found,
    },
    lines: [
      ...found.map(({ path, kind, text }) => `${path}: ${kind}: ${text}`),
      good
        ? `run ${manifest.run}: all ${manifest.files.length} files are as they were fetched, and fit together`
        : `run ${manifest.run}: ${found.length} findings — fetch it again: kubeflower results ${manifest.run} --out ${folder}`,
    ],
    code: good ? 0 : 1,
  };
}
