import { spawnSync } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

import { stringify } from "yaml";

import { project } from "../../local/tools/folders.ts";
import { say } from "../../local/tools/progress.ts";
import { pythonTools } from "../../local/tools/pythonTools.ts";
import { openApi, tool } from "../../local/tools/tools.ts";
import { applyIgnores, type Verdict } from "./applyIgnores.ts";
import { firstKubeflower } from "./firstKubeflower.ts";
import { type Ignore, IGNORES } from "./ignores.ts";
import { type Manifest, previewed, title } from "./manifest.ts";
import { markdown, type Scanned } from "./page.ts";
import type { Scanner } from "./scanner.ts";
import { checkov } from "./scanners/checkov.ts";
import { kubeconform } from "./scanners/kubeconform.ts";
import { kubeScore } from "./scanners/kubeScore.ts";
import { podSecurity } from "./scanners/podSecurity.ts";
import { type OpenApi, schemas } from "./schemas.ts";

// Entry point of `npm run scan`: scans the stack's objects and writes the page. Exits with 1 when one of our objects fails.

const PAGE = "docs/scan/README.md";

/** Scans the stack's objects and the first kubeFlower's, with files in the folder `scratch`; returns our faults. */
async function scanStack(scratch: string): Promise<string[]> {
  const folder = join(scratch, "schemas");
  await writeSchemas(folder);
  const scanners = [podSecurity, kubeconform(folder), kubeScore, checkov];
  const ours = await scan(scanners, rendered(), join(scratch, "ours"), IGNORES);
  const theirs = await scan(scanners, firstKubeflower, join(scratch, "first"), []);
  await writeFile(join(project, PAGE), markdown(scanners, ours, theirs, IGNORES));
  const failed = ours.verdicts.filter(({ passed, ignored }) => !passed && ignored === undefined);
  const faults = [...failed.map(sentence), ...ours.unused];
  console.log(`${ours.objects.length} objects, ${faults.length} faults; ${PAGE} is written`);
  return faults;
}

/** Scans objects that belong together, and no others: scanners follow references between objects. */
async function scan(
  scanners: readonly Scanner[],
  objects: readonly Manifest[],
  folder: string,
  ignores: readonly Ignore[],
): Promise<Scanned & { readonly unused: string[] }> {
  await mkdir(folder);
  for (const object of objects) {
    await writeFile(join(folder, `${title(object)}.yaml`), stringify(object));
  }
  const findings = await Promise.all(
    scanners.map(async (scanner) => {
      const found = await scanner.scan({ objects, folder });
      return found.map((finding) => ({ ...finding, scanner: scanner.name }));
    }),
  );
  return { objects, ...applyIgnores(findings.flat(), ignores) };
}

function sentence({ object, scanner, rule, detail = "" }: Verdict): string {
  return [object, scanner, rule, detail].filter((part) => part !== "").join(": ");
}

/** Renders the stack's objects by a preview. */
function rendered(): Manifest[] {
  const { status, stdout } = spawnSync("bash", ["policy/preview.sh", "--json"], {
    cwd: project,
    encoding: "utf8",
    maxBuffer: 1 << 28,
    // Where Pulumi is missing it is built first, with its progress on standard error.
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (status !== 0) throw new Error(`the preview ended with ${status}\n${stdout}`);
  return previewed(stdout);
}

async function writeSchemas(folder: string): Promise<void> {
  await mkdir(folder);
  const document = await readFile(await openApi(), "utf8");
  for (const [name, schema] of Object.entries(schemas(JSON.parse(document) as OpenApi))) {
    await writeFile(join(folder, name), JSON.stringify(schema));
  }
}

/** Puts the scanners on this process's PATH, built or installed where they are missing. */
async function provideScanners(): Promise<void> {
  const { path, PYTHONPATH } = await pythonTools();
  const go = [await tool("pod-security"), await tool("kubeconform"), await tool("kube-score")];
  process.env.PATH = [...go, path, process.env.PATH].join(delimiter);
  process.env.PYTHONPATH = PYTHONPATH;
}

const scratch = await mkdtemp(join(tmpdir(), "kubeflower-scan-"));
try {
  await provideScanners();
  const faults = await scanStack(scratch);
  for (const fault of faults) console.error(fault);
  process.exitCode = faults.length === 0 ? 0 : 1;
} catch (error) {
  say(`error: ${(error as Error).message}`);
  process.exitCode = 1;
} finally {
  await rm(scratch, { recursive: true });
}
