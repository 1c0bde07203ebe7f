import { spawnSync } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { stringify } from "yaml";

import { type Ignore, IGNORES } from "./ignores.ts";
import { judge } from "./applyIgnores.ts";
import { type Manifest, previewed, title } from "./manifest.ts";
import { markdown, type Scanned } from "./page.ts";
import { checkov } from "./scanners/checkov.ts";
import { kubeconform } from "./scanners/kubeconform.ts";
import { kubeScore } from "./scanners/kubeScore.ts";
import { podSecurity } from "./scanners/podSecurity.ts";
import { type OpenApi, schemas } from "./schemas.ts";
import { seed } from "./firstKubeflower.ts";

// Started by dev/scan.ts in the project's folder, with the scanners on PATH: scans, writes the report, and ends with 1 when
// one of our objects fails.

const REPORT = "docs/scan/README.md";

async function main(scratch: string): Promise<void> {
  const folder = join(scratch, "schemas");
  await writeSchemas(folder);
  const scanners = [podSecurity, kubeconform(folder), kubeScore, checkov];

  /** Objects that belong together, and no others: scanners look from one to the other. */
  const scan = async (
    name: string,
    objects: readonly Manifest[],
    ignores: readonly Ignore[],
  ): Promise<Scanned & { readonly unused: string[] }> => {
    const target = { objects, folder: join(scratch, name) };
    await mkdir(target.folder);
    for (const object of objects)
      await writeFile(join(target.folder, `${title(object)}.yaml`), stringify(object));
    const found = scanners.map(async (scanner) =>
      (await scanner.scan(target)).map((finding) => ({ ...finding, scanner: scanner.name })),
    );
    return { objects, ...judge((await Promise.all(found)).flat(), ignores) };
  };
  const ours = await scan("ours", rendered(), IGNORES);
  const theirs = await scan("seed", seed, []);

  await writeFile(REPORT, markdown(scanners, ours, theirs, IGNORES));
  const failed = ours.verdicts.filter(({ passed, ignored }) => !passed && ignored === undefined);
  const faults = [
    ...failed.map(({ object, scanner, rule, detail = "" }) =>
      [object, scanner, rule, detail].filter((part) => part !== "").join(": "),
    ),
    ...ours.unused,
  ];
  for (const fault of faults) console.error(fault);
  console.log(`${ours.objects.length} objects, ${faults.length} faults; ${REPORT} is written`);
  process.exitCode = faults.length === 0 ? 0 : 1;
}

/** The stack's own objects. */
function rendered(): Manifest[] {
  const { status, stdout } = spawnSync("bash", ["policy/preview.sh", "--json"], {
    encoding: "utf8",
    maxBuffer: 1 << 28,
    // On a machine without Pulumi it is built first, which says how far it is.
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (status !== 0) throw new Error(`the preview ended with ${status}\n${stdout}`);
  return previewed(stdout);
}

async function writeSchemas(folder: string): Promise<void> {
  await mkdir(folder);
  const document = await readFile(process.env.KUBERNETES_OPENAPI ?? "", "utf8");
  for (const [name, schema] of Object.entries(schemas(JSON.parse(document) as OpenApi)))
    await writeFile(join(folder, name), JSON.stringify(schema));
}

// The policy pack's folder is CommonJS, which knows no await here.
void mkdtemp(join(tmpdir(), "kubeflower-scan-")).then((scratch) =>
  main(scratch)
    .catch((error: unknown) => {
      console.error(`error: ${(error as Error).message}`);
      process.exitCode = 1;
    })
    .finally(() => rm(scratch, { recursive: true })),
);
