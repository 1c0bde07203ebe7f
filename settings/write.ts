/**
 * Writes the files that follow from the table of settings: `npm run settings`. With `--check` it
 * writes nothing, and fails when one of them is stale.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { format, resolveConfig } from "prettier";
import { generatedFiles } from "./generatedFiles.ts";

const check = process.argv.includes("--check");
const stale: string[] = [];
for (const [file, text] of Object.entries(generatedFiles(readFileSync("Pulumi.yaml", "utf8")))) {
  // Prettier ignores Markdown in this project.
  const options = { ...(await resolveConfig(file)), filepath: file };
  const wanted = file.endsWith(".md") ? text : await format(text, options);
  if (readFileSync(file, { encoding: "utf8", flag: "a+" }) === wanted) continue;
  stale.push(file);
  if (!check) writeFileSync(file, wanted);
}
if (check && stale.length > 0) {
  console.error(`${stale.join(", ")} — settings/table.ts says something else — npm run settings`);
  process.exitCode = 1;
}
