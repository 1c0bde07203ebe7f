import { expect, it } from "vitest";
import { containerRule, podRule } from "../../policy/podRule.ts";
import { deployment, refusals } from "./support/refusals.ts";

const named = podRule("named", "A rule.", ({ containers }) => containers.map(({ name }) => name));

it("tells all faults of a workload's pods", async () => {
  const bad = deployment({ containers: [{ name: "a" }, { name: "b" }] });
  expect(await refusals(named, bad)).toEqual(["a", "b"]);
});

it("tells the faults of each container with its name, those that come first included", async () => {
  const rule = containerRule("rule", "A rule.", ({ image }, { hostname }) => [
    `${image ?? ""} on ${hostname ?? ""}`,
  ]);
  const bad = deployment({ hostname: "h", initContainers: [{ name: "first", image: "sh:1" }] });
  expect(await refusals(rule, bad)).toEqual([
    "container first: sh:1 on h",
    "container main: app:1 on h",
  ]);
});

it("says nothing of what has no pods", async () => {
  const service = { ...deployment(), type: "kubernetes:core/v1:Service" };
  expect(await refusals(named, service)).toEqual([]);
});
