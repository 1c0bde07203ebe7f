import type { Setting } from "./kinds.ts";
import { GROUPS, RUN, SETTINGS } from "./table.ts";

const ROWS: Readonly<Record<string, Setting<unknown>>> = SETTINGS;
/** First line of the generated part of Pulumi.yaml. */
const MARK = "  # `npm run settings` writes the settings from settings/table.ts.\n";

/**
 * The files that follow from the table, by path.
 * @param pulumiYaml the present Pulumi.yaml; its lines above the mark are kept
 */
export function generatedFiles(pulumiYaml: string): Record<string, string> {
  const [head = ""] = pulumiYaml.split(MARK);
  return {
    "Pulumi.yaml": head + MARK + configBlock(),
    "docs/settings.md": page(),
    "docs/settings.schema.json": json(schema()),
    "contract/examples/run.json": json(defaultRun()),
  };
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** The settings in Pulumi.yaml's block `config`. */
function configBlock(): string {
  const entries = Object.entries(ROWS).map(([key, row]) => {
    const description = [row.about, allowedOf(row), defaultOf(row)].filter(Boolean).join("; ");
    return `  ${key}:\n    default: ${JSON.stringify(row.default)}\n    description: ${JSON.stringify(description)}\n`;
  });
  return entries.join("");
}

/** The allowed values in words; "" when every text is allowed. */
function allowedOf({ allowed, atMost, atLeast }: Setting<unknown>): string {
  const most = atMost === undefined ? "" : `, at most ${atMost.key}`;
  const least = atLeast === undefined ? "" : `, at least ${atLeast.key}`;
  return `${allowed}${most}${least}`;
}

/** The default of a setting that may stay unset, in words. */
function defaultOf({ follows, unset }: Setting<unknown>): string {
  const value = follows ?? unset;
  return value === undefined ? "" : `default: ${value}`;
}

/** The page of all settings. */
function page(): string {
  const tables = Object.entries(GROUPS).map(([group, rows]) => {
    const lines = Object.entries<Setting<unknown>>(rows).map(([key, row]) => {
      return `| \`${key}\` | ${defaultCell(row)} | ${row.about} | ${allowedOf(row) || "any text"} |\n`;
    });
    return `\n## ${group}\n\n| key | default | meaning | allowed |\n|---|---|---|---|\n${lines.join("")}`;
  });
  return `# Settings

\`npm run settings\` writes this page from \`settings/table.ts\`.

\`pulumi config set KEY VALUE\` changes a setting, and the next \`pulumi up\` applies it. \`pulumi config rm KEY\` goes back to the default. A
key of an object is a path: \`pulumi config set --path runConfig.partitioning dirichlet\`. Invalid values are refused before anything is
created, all at once. Each error names the allowed values and the command that fixes it. \`Pulumi.dev.yaml\` names the
[schema](settings.schema.json) by which an editor completes and checks settings in a stack file.
${tables.join("")}`;
}

function defaultCell(row: Setting<unknown>): string {
  if (row.follows !== undefined) return `\`${row.follows}\``;
  if (row.unset !== undefined) return row.unset;
  if (row.default === "") return "";
  return `\`${typeof row.default === "string" ? row.default : JSON.stringify(row.default)}\``;
}

/** JSON Schema of a stack file, `Pulumi.<stack>.yaml`. */
function schema(): object {
  const properties = Object.entries(ROWS).map(([key, row]) => {
    const rest = { description: row.about, default: row.default };
    return [`kubeflower:${key}`, { ...rest, anyOf: row.schemas }] as const;
  });
  const known = properties.map(([key]) => key);
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    $comment: "`npm run settings` writes this file from settings/table.ts.",
    title: "Stack file of kubeflower",
    type: "object",
    properties: {
      config: {
        type: ["object", "null"],
        properties: Object.fromEntries(properties),
        // Keys of other namespaces are Pulumi's and its providers'.
        propertyNames: { anyOf: [{ enum: known }, { not: { pattern: "^kubeflower:" } }] },
      },
    },
  };
}

/** The run of a stack that sets nothing, as its server gets it. */
function defaultRun(): object {
  const run: Record<string, unknown> = {};
  for (const [key, row] of Object.entries<Setting<unknown>>(RUN)) {
    run[key] = row.follows === undefined ? row.default : run[row.follows];
  }
  return run;
}
