import { join } from "node:path";

import { title } from "../manifest.ts";
import { objectIn, report } from "../runScanner.ts";
import type { Finding, Scanner } from "../scanner.ts";

/** What of kubeconform's report is read here. */
export interface ConformReport {
  readonly resources: readonly {
    readonly filename: string;
    readonly status: string;
    readonly msg: string;
  }[];
}

/** @param schemas folder with the schemas of the Kubernetes that the objects are for */
export function kubeconform(schemas: string): Scanner {
  return {
    name: "kubeconform",
    what: "kubeconform's strict validation, by the schemas of the Kubernetes that the embedded cluster runs",
    scan: async ({ objects, folder }) => {
      const files = objects.map((object) => join(folder, `${title(object)}.yaml`));
      const where = join(schemas, "{{.ResourceKind}}{{.KindSuffix}}.json");
      // Without -verbose it leaves out what is valid.
      const options = ["-strict", "-verbose", "-output", "json", "-schema-location", where];
      return findings(await report<ConformReport>("kubeconform", [...options, ...files]));
    },
  };
}

export function findings({ resources }: ConformReport): Finding[] {
  return resources.map(({ filename, status, msg }) => ({
    object: objectIn(filename),
    rule: "schema",
    passed: status === "statusValid",
    ...(msg === "" ? {} : { detail: msg }),
  }));
}
