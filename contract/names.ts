/** Names that never change, so that commands can be written down. */
export const NAMES = {
  /** Service in front of the server's stream. */
  service: "service-server",
  /** Deployment, claim and disruption budget of the server. */
  server: "flower-server",
  /** StatefulSet, ServiceAccount and disruption budget of the clients. */
  client: "flower-client",
  /** Secret with the token of the server's metrics, where the setting `monitoring` asks for them. */
  metrics: "flower-metrics",
} as const;

/** Annotation with the random id of the stack that an object belongs to. */
export const OWNER = "kubeflower/owner";
/** Annotation with `project/stack` of the owner, for people. */
export const STACK = "kubeflower/stack";

/** Name of a workload in the cluster, and value of its pods' label `app`. */
export type Workload = typeof NAMES.server | typeof NAMES.client;

/** TCP ports. The Service keeps the port that the first kubeFlower's commands know. */
export const PORTS = {
  /** Port of the Service. */
  service: 30051,
  /** Port of the server's pod for the clients' streams. */
  stream: 8080,
  /** Port of every pod for probes, metrics and, on the server, the status document. */
  status: 8081,
} as const;

/** Numeric user and group of the image: `runAsNonRoot` can only check a number. */
export const USER = 65532;

/** Audience of the clients' tokens: a token is good for this server only. */
export const AUDIENCE = "kubeflower";

/** Folder in the server's pod where the volume with all runs is mounted. */
export const DATA_FOLDER = "/var/lib/kubeflower";
