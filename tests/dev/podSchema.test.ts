import { readFileSync } from "node:fs";

import { expect, test } from "vitest";

import { podChoices } from "../../dev/podChoices.ts";
import { FILE, podSchema, readSources, type Sources } from "../../dev/podSchema.ts";
import { fieldsOf } from "../../settings/podSchema.ts";

const sources = readSources();

// Go's cache has Kubernetes' sources once the embedded cluster was built on a machine.
test.skipIf(sources === undefined)("the schema of pods is fresh", async () => {
  expect(readFileSync(FILE, "utf8")).toBe(await podSchema(sources as Sources));
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
    effect: { choice: ["NoSchedule", "PreferNoSchedule", "NoExecute"] },
    key: "text",
    operator: { choice: ["Exists", "Equal"] },
    tolerationSeconds: "integer",
    value: "text",
  });
});

test("fields of few values have those that Go's source marks as an enumeration", () => {
  const source = `
// TaintEffect says what it does.
// +enum
type TaintEffect string

const (
	// Not to be scheduled.
	TaintEffectNoSchedule TaintEffect = "NoSchedule"
	TaintEffectNoExecute  TaintEffect = "NoExecute"
)

type ResourceName string

const ResourceCPU ResourceName = "cpu"

type Taint struct {
	// Key of it.
	Key string \`json:"key"\`
	Effect *TaintEffect \`json:"effect,omitempty"\`
	Name ResourceName \`json:"name"\`
}
`;
  expect(podChoices(source)).toEqual({ Taint: { effect: ["NoSchedule", "NoExecute"] } });
});
