import { expect, it } from "vitest";
import { loadBalancer } from "../../../policy/rules/loadBalancer.ts";
import { deployment, type Resource, stackRefusals } from "../support/refusals.ts";

const TLS = deployment(
  { containers: [{ env: [{ name: "KUBEFLOWER_TLS_FOLDER", value: "/tls" }] }] },
  "here",
);
const REMEDY =
  "allowed: LoadBalancer in front of TLS, or ClusterIP — pulumi config set serviceType ClusterIP";

function service(spec: object = {}): Resource {
  return {
    type: "kubernetes:core/v1:Service",
    name: "door",
    props: {
      metadata: { namespace: "here" },
      spec: { type: "LoadBalancer", selector: { app: "web" }, ...spec },
    },
  };
}

it("lets a LoadBalancer pass that leads to TLS", async () => {
  expect(await stackRefusals(loadBalancer, [service(), TLS])).toEqual([]);
});

it.each(["ClusterIP", "NodePort", undefined])("lets type %s lead to plain text", async (type) => {
  const stack = [service({ type }), deployment({}, "here")];
  expect(await stackRefusals(loadBalancer, stack)).toEqual([]);
});

it.each([
  ["no variable for a certificate", []],
  ["an empty variable for it", [{ name: "KUBEFLOWER_TLS_FOLDER", value: "" }]],
])("refuses a LoadBalancer to pods with %s", async (_, env) => {
  const plain = deployment({ containers: [{ env }] }, "here");
  expect(await stackRefusals(loadBalancer, [service(), TLS, plain])).toEqual([
    `urn of door: type is LoadBalancer, and Deployment web behind it speaks plain text (no KUBEFLOWER_TLS_FOLDER) — ${REMEDY}`,
  ]);
});

it.each([
  ["another namespace", service(), deployment({}, "there"), '{"app":"web"}'],
  ["other labels", service({ selector: { app: "api" } }), TLS, '{"app":"api"}'],
  ["no selector", service({ selector: undefined }), TLS, "{}"],
])("refuses a LoadBalancer to nothing that is seen: %s", async (_, door, workload, selector) => {
  expect(await stackRefusals(loadBalancer, [door, workload])).toEqual([
    `urn of door: type is LoadBalancer, and no workload of the stack is behind its selector ${selector}, so that none is known to speak TLS — ${REMEDY}`,
  ]);
});
