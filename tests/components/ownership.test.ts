import * as pulumi from "@pulumi/pulumi";
import { expect, test } from "vitest";
import { Owner } from "../../components/ownership.ts";
import { recordResources, settled, valueOf } from "../support/mocks.ts";

async function marked(type: string, props: object): Promise<Record<string, unknown>> {
  recordResources(false, "dev");
  const result = new Owner("owner").mark({
    type,
    name: "object",
    props,
    opts: {},
    resource: undefined as unknown as pulumi.Resource,
  });
  return (await valueOf(pulumi.output(result?.props))) as Record<string, unknown>;
}

test("the id is made once, by a program of any platform", async () => {
  const recorder = recordResources(false);
  new Owner("owner");
  await settled();
  expect(recorder.one("command:local:Command", "owner-id").inputs).toEqual({
    interpreter: ["node", "--eval"],
    create: "process.stdout.write(crypto.randomUUID())",
    addPreviousOutputInEnv: false,
  });
});

test("an object carries the id and the stack beside its own annotations", async () => {
  const metadata = { name: "flower-server", annotations: { a: "b" } };
  expect(await marked("kubernetes:apps/v1:Deployment", { metadata, spec: {} })).toEqual({
    metadata: {
      name: "flower-server",
      annotations: {
        a: "b",
        "kubeflower/owner": "its-owner",
        "kubeflower/stack": "kubeflower/dev",
      },
    },
    spec: {},
  });
});

test.each([
  ["an immutable object", "kubernetes:core/v1:Secret", { metadata: {}, immutable: true }],
  ["what is no object of the cluster", "command:local:Command", { create: "true" }],
])("%s stays as it is", async (_, type, props) => {
  expect(await marked(type, props)).toEqual(props);
});
