/** Environment variables of the engine's containers; app/kubeflower reads them. */
export const ENGINE = {
  /** Id of the run. Server only. */
  run: "KUBEFLOWER_RUN",
  /** The run's settings as one JSON document, see examples/run.json. Server only. */
  runSpec: "KUBEFLOWER_RUN_SPEC",
  /** {@link Origin} of the run as JSON, for its record. Server only. */
  origin: "KUBEFLOWER_ORIGIN",
  /** Reference of the image that the pod was made from; the server refuses clients of another. */
  image: "KUBEFLOWER_IMAGE",
  /** `native` where each machine uses all its instructions; else they are the portable ones. */
  arithmetic: "KUBEFLOWER_ARITHMETIC",
  /** Folder of the volume with all runs. Server only. */
  data: "KUBEFLOWER_DATA",
  /** Setting `keepRuns`. Server only. @default all runs are kept */
  keepRuns: "KUBEFLOWER_KEEP_RUNS",
  /** Bytes that the volume's claim asks for. Server only. */
  storage: "KUBEFLOWER_STORAGE",
  /** Name of the clients' StatefulSet, which their tokens name. Server only. */
  clientName: "KUBEFLOWER_CLIENT_NAME",
  /** File with the public keys (JWKS) of the cluster's tokens. Server only. */
  keysFile: "KUBEFLOWER_KEYS_FILE",
  /** Namespace of the pod, which the clients' tokens name. Server only. */
  namespace: "KUBEFLOWER_NAMESPACE",
  /** Address of the pod: clients try whether policies keep them from its status port. Server only. */
  podIp: "KUBEFLOWER_POD_IP",
  /** File with the token for /metrics; there while `monitoring` is set. Server only. */
  metricsTokenFile: "KUBEFLOWER_METRICS_TOKEN_FILE",
  /** Folder with `tls.crt` and `tls.key` (server) or `ca.crt` (client); not set without TLS. */
  tlsFolder: "KUBEFLOWER_TLS_FOLDER",
  /** `host:port` of the server. Client only. */
  server: "KUBEFLOWER_SERVER",
  /** `ip:port` of the server's Service, which needs no DNS. Client only. @default the name alone */
  serverAddress: "KUBEFLOWER_SERVER_ADDRESS",
  /** Number of the pod's partition of the data. Client only. */
  partition: "KUBEFLOWER_PARTITION",
  /** The setting `nodeConfig` as one JSON object. Client only. @default {} */
  nodeConfig: "KUBEFLOWER_NODE_CONFIG",
  /** TCP port for probes. Client only. */
  probePort: "KUBEFLOWER_PROBE_PORT",
  /** File with the pod's token. Client only. */
  tokenFile: "KUBEFLOWER_TOKEN_FILE",
} as const;

/** Environment variables of the programs that `up` and `destroy` run; each holds one JSON object. */
export const COMMAND = {
  /** Order of components/certificate.ts. */
  certificate: "KUBEFLOWER_CERTIFICATE",
  /** Order of components/commands/minikubeImage.ts. */
  load: "KUBEFLOWER_LOAD",
  /** Request of cli/follow.ts. */
  follow: "KUBEFLOWER_FOLLOW",
  /** Context and namespace for cli/keptRuns.ts and cli/lostRuns.ts. */
  runs: "KUBEFLOWER_RUNS",
} as const;
