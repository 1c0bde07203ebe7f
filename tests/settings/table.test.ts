import { expect, it } from "vitest";
import { Faults } from "../../settings/faults.ts";
import { RESOURCE_RULES } from "../../settings/resources.ts";
import { SETTINGS, type Values } from "../../settings/table.ts";

/** Whether a row reads a text to a value without a fault. */
function takes(key: keyof Values, text: string): boolean {
  const faults = new Faults("dev");
  SETTINGS[key].read(text, { key, fallback: SETTINGS[key].default, faults });
  return faults.found.length === 0;
}

it.each<[keyof Values, string[]]>([
  ["namespace", ["kubeflower", "a", "a-1", "x".repeat(63)]],
  ["registry", ["localhost:5555", "ghcr.io/you", "docker.io/a/b_c", "10.0.0.1:5000/x"]],
  ["image", ["kubeflower:1", "localhost:5555/a/b:v1", `x@sha256:${"0".repeat(64)}`]],
  ["storageClass", ["standard", "local-path", "ceph.rbd"]],
  ["storage", ["1Gi", "512Mi", "1.5Gi", "1000000", "2G"]],
])("%s takes what its row allows", (key, good) => {
  for (const value of good) expect(takes(key, value), value).toBe(true);
});

it.each<[keyof Values, string[]]>([
  ["namespace", ["", "A", "-a", "a-", "a.b", "x".repeat(64)]],
  ["registry", ["https://ghcr.io", "ghcr.io/", "ghcr.io/You", "host:port", "a b"]],
  [
    "image",
    ["kubeflower", "kubeflower:latest", "x@sha256:123", "localhost:5555/kubeflower", "a b:1"],
  ],
  ["storageClass", ["Fast", "a_b"]],
  ["storage", ["", "0", "-1Gi", "1gb", "Gi", "1 Gi"]],
])("%s refuses the rest", (key, bad) => {
  for (const value of bad) expect(takes(key, value), value).toBe(false);
});

it("takes CPUs as Kubernetes writes them, and no others", () => {
  for (const cpu of ["250m", "1", "1.5", "0.5"]) expect(cpu).toMatch(RESOURCE_RULES.cpu.pattern);
  for (const cpu of ["0", "0m", "0.0", "1.5m", "-1", "two"]) {
    expect(cpu).not.toMatch(RESOURCE_RULES.cpu.pattern);
  }
});

it.each(Object.entries(SETTINGS))("%s has a default that keeps to its row", (key, row) => {
  const { default: own } = row;
  if (row.follows !== undefined) expect(SETTINGS).toHaveProperty(row.follows);
  else if (own !== "") {
    const text = typeof own === "string" ? own : JSON.stringify(own);
    expect(takes(key as keyof Values, text)).toBe(true);
  }
});

it("compares settings with settings that it has, and follows only earlier ones", () => {
  const keys = Object.keys(SETTINGS);
  for (const [key, { follows, atMost, atLeast }] of Object.entries(SETTINGS)) {
    for (const other of [atMost?.key, atLeast?.key]) {
      if (other !== undefined) expect(keys).toContain(other);
    }
    if (follows !== undefined) expect(keys.indexOf(follows)).toBeLessThan(keys.indexOf(key));
  }
});
