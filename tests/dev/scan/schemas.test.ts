import { describe, expect, it } from "vitest";
import { schemas } from "../../../dev/scan/schemas.ts";

const IDS = {
  service: "io.k8s.api.core.v1.Service",
  policy: "io.k8s.api.networking.v1.NetworkPolicy",
  port: "io.k8s.apimachinery.pkg.util.intstr.IntOrString",
  size: "io.k8s.apimachinery.pkg.api.resource.Quantity",
  any: "io.k8s.apimachinery.pkg.runtime.RawExtension",
};
const KINDS = "x-kubernetes-group-version-kind";
const properties = { port: { $ref: `#/definitions/${IDS.port}` } };

describe("schemas", () => {
  const files = schemas({
    definitions: {
      [IDS.service]: {
        properties,
        [KINDS]: [{ group: "", version: "v1", kind: "Service" }],
      },
      [IDS.policy]: {
        properties,
        [KINDS]: [{ group: "networking.k8s.io", version: "v1", kind: "NetworkPolicy" }],
      },
      [IDS.port]: { type: "string", format: "int-or-string" },
      [IDS.size]: { type: "string" },
      [IDS.any]: { type: "object" },
    },
  });
  const definitions = files["definitions.json"]?.definitions as Record<string, unknown>;

  it("has a file a kind, under the name that kubeconform looks for", () => {
    expect(files).toMatchObject({
      "service-v1.json": { $ref: `definitions.json#/definitions/${IDS.service}` },
      "networkpolicy-networking-v1.json": { $ref: `definitions.json#/definitions/${IDS.policy}` },
    });
    expect(Object.keys(files)).toHaveLength(3);
  });

  it("allows no unknown field where fields are named, and any where none is", () => {
    expect(definitions[IDS.service]).toMatchObject({ properties, additionalProperties: false });
    expect(definitions[IDS.any]).toEqual({ type: "object" });
  });

  it("takes numbers where the API server does", () => {
    expect(definitions[IDS.port]).toEqual({ type: ["string", "integer"] });
    expect(definitions[IDS.size]).toEqual({ type: ["string", "number"] });
  });
});
