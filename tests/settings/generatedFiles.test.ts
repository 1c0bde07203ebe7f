import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, it } from "vitest";
import { Faults } from "../../settings/faults.ts";
import { generatedFiles } from "../../settings/generatedFiles.ts";
import { SETTINGS, type Values } from "../../settings/table.ts";

const pulumiYaml = readFileSync("Pulumi.yaml", "utf8");
const files = generatedFiles(pulumiYaml);

interface Part {
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly type?: string | readonly string[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
}

const schema = JSON.parse(files["docs/settings.schema.json"] ?? "") as {
  properties: { config: { properties: Record<string, { anyOf: Part[] }> } };
};

/** Whether a value satisfies one part of the schema, as far as the table uses JSON Schema. */
function satisfies(value: string | number | boolean, part: Part): boolean {
  if (part.enum !== undefined) return part.enum.includes(value);
  if (part.const !== undefined) return part.const === value;
  const kinds = [typeof value, ...(Number.isInteger(value) ? ["integer"] : [])];
  if (![part.type].flat().some((kind) => kinds.includes(kind ?? ""))) return false;
  if (typeof value === "number") {
    return value >= (part.minimum ?? value) && value <= (part.maximum ?? value);
  }
  return part.pattern === undefined || new RegExp(part.pattern).test(String(value));
}

function schemaTakes(key: string, value: string | number | boolean): boolean {
  const parts = schema.properties.config.properties[`kubeflower:${key}`]?.anyOf ?? [];
  return parts.some((part) => satisfies(value, part));
}

function readTakes(key: keyof Values, value: string | number | boolean): boolean {
  const faults = new Faults("dev");
  SETTINGS[key].read(String(value), { key, fallback: SETTINGS[key].default, faults });
  return faults.found.length === 0;
}

it("are fresh", () => {
  for (const [file, text] of Object.entries(files)) {
    const present = readFileSync(file, "utf8");
    // Prettier has formatted the JSON.
    if (file.endsWith(".json")) expect(JSON.parse(present)).toEqual(JSON.parse(text));
    else expect(present).toBe(text);
  }
});

it("name every setting, on the page and in Pulumi.yaml", () => {
  for (const key of Object.keys(SETTINGS)) {
    expect(files["docs/settings.md"]).toContain(`| \`${key}\` |`);
    expect(files["Pulumi.yaml"]).toContain(`\n  ${key}:\n    default: `);
  }
});

it("have a schema that refuses no value that a stack may have", () => {
  const value = fc.oneof(
    fc.constantFrom("", "true", "minikube", "remote", "1Gi", "ghcr.io/you", "x:1", "12345678"),
    fc.integer(),
    fc.integer().map(String),
    fc.boolean(),
    fc.string(),
  );
  // Objects are texts to the reading, and objects to the schema.
  const scalars = Object.entries(SETTINGS).filter(([, row]) => typeof row.default !== "object");
  const key = fc.constantFrom(...scalars.map(([name]) => name as keyof Values));
  fc.assert(
    fc.property(key, value, (name, any) => {
      if (readTakes(name, any)) expect(schemaTakes(name, any), `${name} ${any}`).toBe(true);
    }),
    { numRuns: 5000 },
  );
});

it.each<[keyof Values, string | number | boolean]>([
  ["rounds", 0],
  ["rounds", "10abc"],
  ["clients", 10_001],
  ["cluster", "minicube"],
  ["namespace", "My_Lab"],
  ["tls", "off"],
  ["image", "x:latest"],
  ["storage", "big"],
])("have a schema that refuses %s %s, as the reading does", (key, value) => {
  expect([schemaTakes(key, value), readTakes(key, value)]).toEqual([false, false]);
});
