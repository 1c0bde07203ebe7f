import { join } from "node:path";

import { title } from "../manifest.ts";
import { objectIn, runScanner } from "../runScanner.ts";
import type { Finding, Scanner } from "../scanner.ts";

/** The fields of kubeconform's output that are read here. */
export interface ConformReport {
  readonly resources: readonly {
    readonly filename: string;
    readonly status: string;
    readonly msg: string;
  }[];
}

/**
 * Validation by JSON schemas.
 *
 * @param schemas folder with the schemas of the Kubernetes version that the objects are for
 */
export function kubeconform(schemas: string): Scanner {
  return {
    name: "kubeconform",
    what: "kubeconform's strict validation, by the schemas of the Kubernetes that the embedded cluster runs",
    scan: async ({ objects, folder }) => {
      const files = objects.map((object) => join(folder, `${title(object)}.yaml`));
      const where = join(schemas, "{{.ResourceKind}}{{.KindSuffix}}.json");
      // Without -verbose it leaves out valid objects.
      const options = ["-strict", "-verbose", "-output", "json", "-schema-location", where];
      return findings(await runScanner<ConformReport>("kubeconform", [...options, ...files]));
    },
  };
}

/** Turns kubeconform's output into findings. */
export function findings({ resources }: ConformReport): Finding[] {
  return resources.map(({ filename, status, msg }) => ({
    object: objectIn(filename),
    rule: "schema",
    passed: status === "statusValid",
    ...(msg === "" ? {} : { detail: msg }),
  }));
}
