import { readFileSync } from "node:fs";

import { expect, test } from "vitest";
import { parse } from "yaml";

import { PLACE, PODS, RUN } from "./support/changes.ts";

test("every setting of Pulumi.yaml is changed by one of the tests beside this", () => {
  const project = parse(readFileSync("Pulumi.yaml", "utf8")) as {
    config: Record<string, unknown>;
  };
  const settings = Object.keys(project.config).filter((key) => !key.includes(":"));
  const changed = [...PLACE, ...RUN, ...PODS].map(({ key }) => key);
  expect([...new Set(changed)].sort()).toEqual(settings.sort());
});
