import type { Snapshot } from "./snapshot.ts";

/** Words of a client about its way to the server, and what to do; the first that is found counts. */
const REMEDIES: readonly (readonly [words: RegExp, remedy: (namespace: string) => string])[] = [
  [
    /UNAUTHENTICATED|PERMISSION_DENIED/,
    () => "give the server the cluster's keys again: pulumi up --refresh",
  ],
  [/FAILED_PRECONDITION/, () => "give the pods what the stack declares: pulumi up --refresh"],
  [
    /certificate|handshake|\bSSL|\bTLS/i,
    () => "give server and clients the stack's certificate again: pulumi up --refresh",
  ],
  [
    /resolv|DNS|name or service not known/i,
    () =>
      "the cluster's DNS must answer the client: have its administrators look, see: kubectl -n kube-system get pods -l k8s-app=kube-dns",
  ],
  [
    /refused|timed? ?out|timeout|unreachable|no route|DEADLINE_EXCEEDED/i,
    (namespace) =>
      `the server is ready, so that something is between them: give the stack's Service and policies back: pulumi up --refresh; policies of others, see: kubectl -n ${namespace} get networkpolicies`,
  ],
];

/** Remedy for a client that is not connected to a server that is ready, by the client's words. */
export function connectionRemedy(words: string, { objects }: Snapshot): string {
  const known = REMEDIES.find(([pattern]) => pattern.test(words))?.[1];
  return (
    known?.(objects.namespace) ??
    `see the server's log: kubectl -n ${objects.namespace} logs deploy/flower-server`
  );
}
