import { clientOf, type KubeClient } from "../kube/client.ts";
import { Federation } from "./federation.ts";
import type { Place } from "./place.ts";
import { ServerPort } from "./serverPort.ts";
import { StatusClient } from "./statusClient.ts";

/** Ways to a federation: its objects, its server's status, and its server's port. */
export interface Connection {
  readonly cluster: KubeClient;
  readonly federation: Federation;
  readonly status: StatusClient;
  readonly port: ServerPort;
}

/**
 * Makes the ways to a federation; none is gone yet.
 * @throws NoContext when the kubeconfig has no such context
 */
export function connectTo({ context, namespace }: Place): Connection {
  const cluster = clientOf(context);
  const federation = new Federation(cluster, namespace);
  return {
    cluster,
    federation,
    status: new StatusClient(cluster, federation),
    port: new ServerPort(cluster, federation),
  };
}
