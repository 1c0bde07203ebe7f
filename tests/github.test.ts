import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";

import { describe, expect, test } from "vitest";
import { parse } from "yaml";

const project = resolve(import.meta.dirname, "..");
const WORKFLOWS = ".github/workflows";

/** One kind of package in Dependabot's configuration. */
interface Update {
  readonly "package-ecosystem": string;
  readonly directory?: string;
  readonly directories?: readonly string[];
}

/** Files that Dependabot looks for in a directory, by the kind of package. */
const MANIFESTS: Readonly<Record<string, RegExp>> = {
  "github-actions": /^\.github$/,
  npm: /^package\.json$/,
  pip: /^(pyproject\.toml|requirements\.in)$/,
  docker: /^Dockerfile$/,
};

describe("workflows", () => {
  // A tag can be moved to another commit, and with it the code that runs here.
  test("use no action but by its commit, with the version as a comment", () => {
    const lines = readdirSync(join(project, WORKFLOWS)).flatMap((name) =>
      readFileSync(join(project, WORKFLOWS, name), "utf8")
        .split("\n")
        .filter((line) => /\buses:/.test(line))
        .map((line) => `${name}: ${line.trim()}`),
    );
    expect(lines.length).toBeGreaterThan(0);
    const pinned = /uses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/;
    expect(lines.filter((line) => !pinned.test(line))).toEqual([]);
  });

  test("use one version of each action", () => {
    const uses = readdirSync(join(project, WORKFLOWS)).flatMap((name) => [
      ...readFileSync(join(project, WORKFLOWS, name), "utf8").matchAll(/uses: (\S+?)@.+$/gm),
    ]);
    const actions = new Set(uses.map(([, action]) => action));
    expect([...new Set(uses.map(([use]) => use))]).toHaveLength(actions.size);
  });
});

test("Dependabot looks for each kind of package where there is one", () => {
  const text = readFileSync(join(project, ".github/dependabot.yml"), "utf8");
  const { updates } = parse(text) as { readonly updates: readonly Update[] };
  const found = updates.flatMap(({ "package-ecosystem": kind, directory, directories }) =>
    (directories ?? [directory ?? ""]).map((folder) => ({
      kind,
      folder,
      manifests: readdirSync(join(project, folder)).filter((name) => MANIFESTS[kind]?.test(name)),
    })),
  );
  expect(found.filter(({ manifests }) => manifests.length === 0)).toEqual([]);
  expect(new Set(found.map(({ kind }) => kind))).toEqual(new Set(Object.keys(MANIFESTS)));
});
