import { expect, it } from "vitest";
import { image } from "../../../policy/rules/image.ts";
import { deployment, refusals, UNKNOWN } from "../support/refusals.ts";

const DIGEST = `sha256:${"a".repeat(64)}`;

it.each([
  "app:1",
  "localhost:5555/app:1.2.3",
  `app@${DIGEST}`,
  `registry.example/app:latest@${DIGEST}`,
])("lets %s pass", async (name) => {
  expect(await refusals(image, deployment({ containers: [{ image: name }] }))).toEqual([]);
});

it("refuses the tag latest", async () => {
  const bad = deployment({ containers: [{ image: "localhost:5555/app:latest" }] });
  expect(await refusals(image, bad)).toEqual([
    "container main: image localhost:5555/app:latest has the tag latest — allowed: a tag that stays, or a digest — write localhost:5555/app:<version> or localhost:5555/app@sha256:<digest>",
  ]);
});

it("refuses an image without tag, also behind a registry's port and in an init container", async () => {
  const bad = deployment({ initContainers: [{ name: "first", image: "localhost:5555/app" }] });
  expect(await refusals(image, bad)).toEqual([
    "container first: image localhost:5555/app has neither tag nor digest, which means latest — allowed: a tag that stays, or a digest — write localhost:5555/app:<version> or localhost:5555/app@sha256:<digest>",
  ]);
});

it("leaves an image that is not built yet to the update", async () => {
  const unbuilt = deployment({ containers: [{ image: UNKNOWN }] });
  await expect(refusals(image, unbuilt)).rejects.toThrow(
    "string value at .spec.template.spec.containers.0.image can't be known during preview",
  );
});
