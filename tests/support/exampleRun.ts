import { readFileSync } from "node:fs";
import type { RunSpec } from "../../settings/table.ts";

/** The run of a stack that sets nothing. */
export const EXAMPLE_RUN = JSON.parse(
  readFileSync("contract/examples/run.json", "utf8"),
) as RunSpec;
