import { expect, it } from "vitest";
import { labels, managed, selector } from "../../components/kubernetes.ts";
import { NAMES } from "../../contract/names.ts";

it.each([NAMES.server, NAMES.client])("selects %s by a subset of its labels", (workload) => {
  expect(labels(workload)).toMatchObject(selector(workload));
  expect(selector(workload)).toEqual({ app: workload });
});

it("tells the two workloads apart", () => {
  expect(labels(NAMES.server)).not.toMatchObject(selector(NAMES.client));
  expect(labels(NAMES.client)).not.toMatchObject(selector(NAMES.server));
});

it("waits for no more than existence, and takes back what was changed by hand", () => {
  expect(managed()).toEqual({
    "pulumi.com/waitFor": "jsonpath={.metadata.uid}",
    "pulumi.com/patchForce": "true",
  });
});
