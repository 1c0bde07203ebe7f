import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";

import { expect, test } from "vitest";
import { parse } from "yaml";

const project = resolve(import.meta.dirname, "..");

const readme = readFileSync(join(project, "README.md"), "utf8");

/** The lines of the README's shell blocks. */
function commands(): string[] {
  const blocks = [...readme.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block]) => block ?? "");
  return blocks.flatMap((block) => block.trim().split("\n"));
}

test("every command of the README is typed by an end-to-end test", () => {
  const folder = join(project, "tests/e2e");
  const tests = readdirSync(folder).filter((name) => name.endsWith(".test.ts"));
  const typed = tests.map((name) => readFileSync(join(folder, name), "utf8")).join("\n");
  const missing = commands().filter(
    (line) => !typed.includes(`"${line}"`) && !typed.includes(`'${line}'`),
  );
  // Whoever runs this types the one; the other is what local/install.mjs runs before any test.
  expect(new Set([...missing, "npm test"])).toEqual(new Set(["npm test", "npm ci"]));
  expect(readFileSync(join(project, "local/install.mjs"), "utf8")).toContain('"ci"');
});

test("every setting of the README is one of the stack's, with its default", () => {
  const { config } = parse(readFileSync(join(project, "Pulumi.yaml"), "utf8")) as {
    config: Record<string, { default?: unknown }>;
  };
  const [, section = ""] = /^## Settings$(.*?)^## /ms.exec(readme) ?? [];
  const rows = [...section.matchAll(/^\| (`.+?) \| (.*?) \| /gm)];
  const told = rows.flatMap(([, keys = "", value = ""]) =>
    [...keys.matchAll(/`(\w+)`/g)].map(([, key = ""]) => [key, value.replaceAll("`", "")] as const),
  );
  const real = told.map(([key]) => {
    const value = config[key]?.default;
    return [key, typeof value === "string" ? value : JSON.stringify(value)] as const;
  });
  // Defaults that depend on another setting are empty in Pulumi.yaml and named after that in the README.
  const plain = told.map(([key, value]) => [key, value in config ? "" : value] as const);
  expect(plain.length).toBeGreaterThan(9);
  expect(plain).toEqual(real);
});
