import { expect, test } from "vitest";

import { connectionRemedy } from "../../../cli/diagnosis/connectionRemedy.ts";
import { snapshot } from "../support/objects.ts";

test.each([
  [
    "UNAUTHENTICATED: no known key",
    "give the server the cluster's keys again: pulumi up --refresh",
  ],
  [
    "FAILED_PRECONDITION: it is of image b",
    "give the pods what the stack declares: pulumi up --refresh",
  ],
  [
    "UNAVAILABLE: Ssl handshake failed: certificate verify failed",
    "give server and clients the stack's certificate again: pulumi up --refresh",
  ],
  [
    "UNAVAILABLE: errors resolving service-server:30051",
    "the cluster's DNS must answer the client: have its administrators look, see: kubectl -n kube-system get pods -l k8s-app=kube-dns",
  ],
  [
    "UNAVAILABLE: Failed to connect to remote host: Connection refused",
    "the server is ready, so that something is between them: give the stack's Service and policies back: pulumi up --refresh; policies of others, see: kubectl -n kubeflower get networkpolicies",
  ],
  ["INTERNAL: odd", "see the server's log: kubectl -n kubeflower logs deploy/flower-server"],
])("a client that says %s gets its remedy", (said, remedy) => {
  expect(connectionRemedy(said, snapshot())).toBe(remedy);
});
