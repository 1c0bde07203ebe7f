import { expect, it } from "vitest";
import { DEFAULT_RESOURCES, RULES } from "../../components/configRules.ts";

type Rule = keyof typeof RULES;

it.each<[Rule, string[]]>([
  ["namespace", ["kubeflower", "a", "a-1", "x".repeat(63)]],
  ["registry", ["localhost:5555", "ghcr.io/you", "docker.io/a/b_c", "10.0.0.1:5000/x"]],
  ["image", ["kubeflower:1", "localhost:5555/a/b:v1", `x@sha256:${"0".repeat(64)}`]],
  ["storageClass", ["standard", "local-path", "ceph.rbd"]],
  ["memory", ["1Gi", "512Mi", "1.5Gi", "1000000", "2G"]],
  ["cpu", ["250m", "1", "1.5", "0.5"]],
])("%s takes what it says", (rule, good) => {
  for (const value of good) expect(value).toMatch(RULES[rule].pattern);
});

it.each<[Rule, string[]]>([
  ["namespace", ["", "A", "-a", "a-", "a.b", "x".repeat(64)]],
  ["registry", ["https://ghcr.io", "ghcr.io/", "ghcr.io/You", "host:port", "a b"]],
  [
    "image",
    ["kubeflower", "kubeflower:latest", "x@sha256:123", "localhost:5555/kubeflower", "a b:1"],
  ],
  ["storageClass", ["", "Fast", "a_b"]],
  ["memory", ["0", "-1Gi", "1gb", "Gi", "1 Gi"]],
  ["cpu", ["0", "0m", "0.0", "1.5m", "-1", "two"]],
])("%s refuses the rest", (rule, bad) => {
  for (const value of bad) expect(value).not.toMatch(RULES[rule].pattern);
});

it("has defaults that keep to the rules", () => {
  for (const { cpu, memory } of Object.values(DEFAULT_RESOURCES)) {
    expect(cpu).toMatch(RULES.cpu.pattern);
    expect(memory).toMatch(RULES.memory.pattern);
  }
});
