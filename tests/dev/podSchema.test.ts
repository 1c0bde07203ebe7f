import { readFileSync } from "node:fs";

import { expect, test } from "vitest";

import { documentPath, FILE, podSchema } from "../../dev/podSchema.ts";
import { fieldsOf } from "../../settings/podSchema.ts";

const document = documentPath();

// Go's cache has Kubernetes' sources once the embedded cluster was built on a machine.
test.skipIf(document === undefined)("the schema of pods is fresh", async () => {
  expect(readFileSync(FILE, "utf8")).toBe(await podSchema(readFileSync(document ?? "", "utf8")));
});

test("lists are merged by the keys that Kubernetes names", () => {
  const merged = (type: string): Record<string, unknown> =>
    Object.fromEntries(
      Object.entries(fieldsOf(type)).flatMap(([name, field]) =>
        typeof field === "object" && "list" in field && field.merged !== undefined
          ? [[name, field.merged]]
          : [],
      ),
    );
  expect(merged("PodSpec")).toEqual({
    containers: "name",
    hostAliases: "ip",
    imagePullSecrets: "name",
    initContainers: "name",
    resourceClaims: "name",
    schedulingGates: "name",
    topologySpreadConstraints: "topologyKey",
    volumes: "name",
  });
  expect(merged("Container")).toEqual({
    env: "name",
    ports: "containerPort",
    volumeDevices: "devicePath",
    volumeMounts: "mountPath",
  });
  expect(fieldsOf("Toleration")).toEqual({
    effect: "text",
    key: "text",
    operator: "text",
    tolerationSeconds: "integer",
    value: "text",
  });
});
