import { expect, it } from "vitest";

import { Variables } from "../../components/variables.ts";
import { recordResources, settled, valueOf } from "../support/mocks.ts";

const VALUES = { HF_TOKEN: "hidden", MODE: "fast" };

it("writes values that are not secret into the container", async () => {
  const recorder = recordResources(false);
  const { env } = new Variables("v", { namespace: "lab", values: VALUES, areSecret: false });
  await settled();
  expect(env).toEqual([
    { name: "HF_TOKEN", value: "hidden" },
    { name: "MODE", value: "fast" },
  ]);
  expect(recorder.resources.map(({ type }) => type)).toEqual(["kubeflower:index:Variables"]);
});

it("keeps secret values in a Secret that never changes, and names them by its name", async () => {
  const recorder = recordResources(false);
  recorder.states.set("kubernetes:core/v1:Secret", { metadata: { name: "v-1" } });
  const { env } = new Variables("v", { namespace: "lab", values: VALUES, areSecret: true });
  await settled();
  const { inputs } = recorder.one("kubernetes:core/v1:Secret");
  expect(inputs).toMatchObject({ immutable: true, metadata: { namespace: "lab" } });
  // As the SDK marks a secret value.
  expect(inputs.stringData).toMatchObject({ value: VALUES });
  expect(JSON.stringify(env)).not.toContain("hidden");
  for (const { name: key, valueFrom } of env as { name: string; valueFrom: never }[]) {
    const { secretKeyRef } = valueFrom as { secretKeyRef: { name: never; key: string } };
    expect(secretKeyRef.key).toBe(key);
    expect(await valueOf(secretKeyRef.name)).toBe("v-1");
  }
});
