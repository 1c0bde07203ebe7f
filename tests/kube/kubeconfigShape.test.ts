import { expect, test } from "vitest";

import { shapeFault } from "../../kube/kubeconfigShape.ts";

const user = (values: object) => ({ users: [{ name: "me", user: values }] });

test.each<[unknown, string]>([
  ["hello", "it is no object of keys and values"],
  [[], "it is no object of keys and values"],
  [{ clusters: { lab: {} } }, "clusters is no list"],
  [{ clusters: ["lab"] }, "clusters[0] is no object of keys and values"],
  [{ clusters: [{ name: 1 }] }, "clusters[0].name is no text"],
  [
    { clusters: [{ name: "lab", cluster: { "insecure-skip-tls-verify": "true" } }] },
    "clusters[0].cluster.insecure-skip-tls-verify is neither true nor false",
  ],
  [user({ token: 12345 }), "users[0].user.token is no text"],
  [user({ "as-groups": "admins" }), "users[0].user.as-groups is no list"],
  [user({ exec: { args: "-c true" } }), "users[0].user.exec.args is no list"],
  [user({ exec: { env: { A: "b" } } }), "users[0].user.exec.env is no list"],
  [user({ exec: { args: ["--ttl", 60] } }), "users[0].user.exec.args[1] is no text"],
])("a kubeconfig %j is none of kubectl's", (document, fault) => {
  expect(shapeFault(document)).toBe(fault);
});

test.each([
  [null],
  [{ clusters: null, contexts: [{ name: "lab", context: null }], "current-context": "" }],
  [user({ exec: { env: null, args: ["a"], provideClusterInfo: true }, more: { of: "others" } })],
])("a kubeconfig %j is one of kubectl's", (document) => {
  expect(shapeFault(document)).toBeUndefined();
});
