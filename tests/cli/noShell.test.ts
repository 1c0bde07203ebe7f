import { readdirSync, readFileSync } from "node:fs";

import { expect, test } from "vitest";

test("no program is started by a shell, which other systems do not have", () => {
  const sources = ["cli", "components", "docker", "kube"].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((file) => /\.(ts|mjs)$/.test(file))
      .map((file) => readFileSync(`${folder}/${file}`, "utf8")),
  );
  const text = sources.join("\n");
  const started = [...text.matchAll(/\b(?:spawn|execFile)(?:Sync)?\(\s*([^,)]+)/g)];
  // `program` is an argument: a tool that doctor looks at, one that loads images, a credential
  // helper of Docker, or what a kubeconfig's user logs in by.
  expect(new Set(started.map(([, program]) => program))).toEqual(new Set(['"pulumi"', "program"]));
  const imports = [...text.matchAll(/import \{ (.+) \} from "node:child_process"/g)];
  const names = imports.flatMap(([, list = ""]) => list.split(", "));
  expect(new Set(names)).toEqual(new Set(["execFile", "spawn"]));
  expect(text).not.toMatch(/\bshell: true/);
});
