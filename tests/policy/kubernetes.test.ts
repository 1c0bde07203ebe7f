import { expect, it } from "vitest";
import { containers, kind, podTemplate } from "../../policy/kubernetes.ts";

const TEMPLATE = { spec: { containers: [{ name: "main" }] } };

it.each([
  ["core/v1:Pod", TEMPLATE],
  ["core/v1:PodTemplate", { template: TEMPLATE }],
  ["core/v1:ReplicationController", { spec: { template: TEMPLATE } }],
  ["apps/v1:DaemonSet", { spec: { template: TEMPLATE } }],
  ["apps/v1:Deployment", { spec: { template: TEMPLATE } }],
  ["apps/v1:ReplicaSet", { spec: { template: TEMPLATE } }],
  ["apps/v1:StatefulSet", { spec: { template: TEMPLATE } }],
  ["batch/v1:Job", { spec: { template: TEMPLATE } }],
  ["batch/v1:CronJob", { spec: { jobTemplate: { spec: { template: TEMPLATE } } } }],
])("finds the pods of a %s", (type, props) => {
  expect(podTemplate({ type: `kubernetes:${type}`, props })).toEqual(TEMPLATE);
});

it.each(["kubernetes:core/v1:Service", "docker:index/image:Image", "pulumi:pulumi:Stack"])(
  "finds no pods in a %s",
  (type) => {
    expect(podTemplate({ type, props: { spec: { template: TEMPLATE } } })).toBeUndefined();
  },
);

it("takes only Kubernetes' kinds for kinds", () => {
  expect(kind({ type: "kubernetes:apps/v1:Deployment", props: {} })).toBe("Deployment");
  expect(kind({ type: "kubeflower:index:Server", props: {} })).toBeUndefined();
});

it("counts the containers that come first", () => {
  const pod = { initContainers: [{ name: "a" }], containers: [{ name: "b" }] };
  expect(containers(pod).map(({ name }) => name)).toEqual(["a", "b"]);
});
