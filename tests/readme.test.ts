import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

import { expect, test } from "vitest";
import { parse } from "yaml";

const project = resolve(import.meta.dirname, "..");
const read = (file: string): string => readFileSync(join(project, file), "utf8");
const below = (folder: string, end: string): string[] =>
  readdirSync(join(project, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(end))
    .map((name) => join(folder, name));

const readme = read("README.md");
/** Pages that people read, beside the README. */
const pages = [...below("docs", ".md"), ...below("examples", ".md"), "CONTRIBUTING.md"].sort();

test("every setting of the README is one of the stack's, with its default", () => {
  const { config } = parse(read("Pulumi.yaml")) as {
    config: Record<string, { default?: unknown }>;
  };
  const [, section = ""] = /^## Go on from there$(.*?)^## /ms.exec(readme) ?? [];
  const rows = [...section.matchAll(/^\| `(\w+)` \| (.*?) \| /gm)];
  const told = rows.map(([, key = "", value = ""]) => [key, value.replaceAll("`", "")] as const);
  const real = told.map(([key]) => {
    const value = config[key]?.default;
    return [key, typeof value === "string" ? value : JSON.stringify(value)] as const;
  });
  // A default that depends on another setting is empty in Pulumi.yaml; the README names that setting.
  const plain = told.map(([key, value]) => [key, value in config ? "" : value] as const);
  expect(plain).toHaveLength(6);
  expect(plain).toEqual(real);
});

test("every link of a page leads to a file of the project", () => {
  const dead = ["README.md", ...pages].flatMap((page) =>
    [...read(page).matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)]
      .map(([, target = ""]) => target)
      .filter((target) => !/^https?:/.test(target))
      .filter((target) => !existsSync(join(project, dirname(page), target)))
      .map((target) => `${page}: ${target}`),
  );
  expect(dead).toEqual([]);
});

test("the list of decisions has every decision with its title", () => {
  const listed = [...read("docs/adr/README.md").matchAll(/^\| \[\d+\]\((.+?)\) \| (.+) \|$/gm)];
  const real = below("docs/adr", ".md").filter((page) => !page.endsWith("README.md"));
  const titles = real
    .sort()
    .map((page) => [page.replace("docs/adr/", ""), /^# \d+\. (.+)$/m.exec(read(page))?.[1]]);
  expect(listed.map(([, file, title]) => [file, title])).toEqual(titles);
});
