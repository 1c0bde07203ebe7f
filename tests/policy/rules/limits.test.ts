import { expect, it } from "vitest";
import type { Container } from "../../../policy/kubernetes.ts";
import { limits } from "../../../policy/rules/limits.ts";
import { deployment, refusals } from "../support/refusals.ts";

it.each<NonNullable<Container["resources"]>>([
  { limits: { memory: "1Gi" }, requests: { cpu: "250m" } },
  { limits: { memory: "1Gi", cpu: "1" } },
])("lets %j pass", async (resources) => {
  expect(await refusals(limits, deployment({ containers: [{ resources }] }))).toEqual([]);
});

it("refuses a container without limits", async () => {
  expect(await refusals(limits, deployment({ containers: [{}] }))).toEqual([
    "container main: resources.limits.memory is not set — allowed: a size — set it to what the container needs, as 1Gi",
    "container main: resources.requests.cpu is not set — allowed: a number of CPUs — set it to what the container needs, as 250m",
  ]);
});

it("refuses each container that has none, by its name", async () => {
  const good = { limits: { memory: "1Gi" }, requests: { cpu: "1" } };
  const bad = deployment({
    containers: [{ resources: good }, { name: "side", resources: { requests: good.requests } }],
  });
  expect(await refusals(limits, bad)).toEqual([
    "container side: resources.limits.memory is not set — allowed: a size — set it to what the container needs, as 1Gi",
  ]);
});
