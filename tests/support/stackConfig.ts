import { readFileSync } from "node:fs";
import { parse } from "yaml";

/** Defaults of Pulumi.yaml by key, as text, the way the CLI hands them over. */
export function projectDefaults(): Record<string, string> {
  const project = parse(readFileSync("Pulumi.yaml", "utf8")) as {
    config: Record<string, { default?: unknown }>;
  };
  return Object.fromEntries(
    Object.entries(project.config)
      .filter(([key]) => !key.includes(":"))
      .map(([key, { default: value }]) => [
        key,
        typeof value === "string" ? value : JSON.stringify(value),
      ]),
  );
}
