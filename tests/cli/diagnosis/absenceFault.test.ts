import { expect, test } from "vitest";

import { ago, cause, claim, deployment, statefulSet } from "../support/objects.ts";

const server = deployment(2, 1);

/** Deployment of the server with a claim. */
const claiming = {
  ...server,
  spec: {
    ...server.spec,
    template: {
      spec: {
        ...server.spec.template?.spec,
        volumes: [{ name: "data", persistentVolumeClaim: { claimName: "flower-server" } }],
      },
    },
  },
};
const bound = { ...claim("standard", 900), status: { phase: "Bound" } };

test("a server that is scaled to 0 gets the command that scales it back", () => {
  const deployments = [{ ...server, spec: { ...server.spec, replicas: 0 } }];
  expect(cause({ deployments, pods: [] })).toBe(
    "Deployment flower-server is scaled to 0 pods, so the server does not run — it needs 1 — kubectl -n kubeflower scale deployment flower-server --replicas 1",
  );
});

test("fewer clients than the run needs are a fault: before its start more than in a round", () => {
  const changes = { statefulSets: [statefulSet(1)], deployments: [server] };
  expect(cause(changes)).toBe(
    "StatefulSet flower-client is scaled to 1 of 3 clients — the run needs 2 — kubectl -n kubeflower scale statefulset flower-client --replicas 3",
  );
  expect(cause(changes, true)).toBeNull();
});

test.each([
  [{ statefulSets: [] }, "StatefulSet flower-client is gone, so no client runs"],
  [{ services: [] }, "Service service-server is gone, so clients do not find the server"],
  [{ deployments: [claiming] }, "PVC flower-server is gone, with all its runs"],
])("an object that somebody deleted is made again: %j", (changes, what) => {
  expect(cause(changes)).toBe(`${what} — make it again: pulumi up --refresh`);
});

test("a stack that is being made lacks nothing yet", () => {
  const young = (seconds: number) => [
    { ...server, metadata: { ...server.metadata, creationTimestamp: ago(seconds) } },
  ];
  expect(cause({ deployments: young(29), services: [], statefulSets: [] })).toBeNull();
  expect(cause({ deployments: young(30), services: [] })).toContain("service-server is gone");
  // Clients are declared once the Service is there.
  expect(cause({ deployments: young(1), services: [] })).toContain("service-server is gone");
});

test("what is there, or may not be seen, is no fault", () => {
  expect(cause({ deployments: [claiming], claims: [bound] })).toBeNull();
  expect(cause({ services: null, policies: null })).toBeNull();
  expect(cause({ deployments: [], statefulSets: [], services: [] })).toBeNull();
});

test("a claim that is being deleted still has its runs", () => {
  const claims = [{ ...bound, metadata: { ...bound.metadata, deletionTimestamp: ago(1) } }];
  expect(cause({ deployments: [claiming], claims })).toBe(
    "PVC flower-server is being deleted, and goes with all its runs when the server's pod ends — fetch them first: kubeflower results — then kubectl -n kubeflower delete pod -l app=flower-server && pulumi up --refresh",
  );
});

test("a policy that is gone is missed only where another closes the pods off", () => {
  const policy = (name: string, app: string | undefined, rules: object) => ({
    metadata: { name },
    spec: { podSelector: app === undefined ? {} : { matchLabels: { app } }, ...rules },
  });
  const deny = policy("deny", undefined, {});
  const toServer = policy("server", "flower-server", { ingress: [{}], egress: [{}] });
  const ofClients = policy("clients", "flower-client", { egress: [{}] });
  expect(cause({ policies: [deny, toServer, ofClients] })).toBeNull();
  expect(cause({ policies: [ofClients] })).toBeNull();
  expect(cause({ policies: [deny, ofClients] })).toBe(
    "the NetworkPolicy that opens the pods of flower-server is gone, so clients do not reach the server — make it again: pulumi up --refresh",
  );
  expect(cause({ policies: [deny, toServer] })).toContain(
    "opens the pods of flower-client is gone",
  );
});
