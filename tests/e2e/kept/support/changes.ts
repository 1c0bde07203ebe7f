/** A change of one setting on a stack that has run. */
export interface Change {
  readonly key: string;
  /** Value of the setting; IMAGE stands for the stack's image by digest, KEYS for the cluster's keys. */
  readonly value: string;
  /** Other settings that make the value possible. */
  readonly also?: Readonly<Record<string, string>>;
  /** Sentence that the update fails with; by default it succeeds. */
  readonly refused?: RegExp;
  /** Whether the change makes another run; by default the first run stays the result. */
  readonly another?: true;
}

const LOST =
  /would delete the volume of claim flower-server with the results of .*config set discard/;

/** Changes of where the stack runs, and of how its image comes there. */
export const PLACE: readonly Change[] = [
  { key: "cluster", value: "minikube", refused: /cluster minikube .* takes none/ },
  { key: "context", value: "renamed" },
  { key: "context", value: "nowhere", refused: /^context nowhere is not in the kubeconfig/ },
  { key: "namespace", value: "other", refused: LOST },
  { key: "createNamespace", value: "false" },
  { key: "jwks", value: "KEYS" },
  { key: "registry", value: "localhost:5574/team" },
  { key: "registry", value: "localhost:1", refused: /connection refused|localhost:1/i },
  { key: "image", value: "IMAGE", another: true },
  {
    key: "image",
    value: "localhost:5574/kubeflower:none",
    another: true,
    refused: /cannot be pulled/,
  },
  { key: "builder", value: "minikube", refused: /can only build with docker/ },
  { key: "pullSecret", value: "registry-login" },
  { key: "platform", value: "linux/amd64" },
  { key: "buildArgs", value: '{"NO_PROXY":"localhost"}' },
  { key: "base", value: "debian:trixie-slim", another: true, refused: /base has no python3/ },
  { key: "app", value: "nowhere", refused: /app "nowhere" is not there/ },
];

/** Changes of the run. */
export const RUN: readonly Change[] = [
  // This strategy overrides Strategy.start with another loop.
  {
    key: "app",
    value: "tests/app/strategies",
    also: { clients: "4", rounds: "3", runConfig: '{"strategy":"own loop"}' },
    another: true,
  },
  { key: "rounds", value: "2", another: true },
  { key: "clients", value: "2", another: true },
  { key: "min", value: "2", another: true },
  { key: "replicas", value: "2", another: true },
  { key: "quorum", value: "1", also: { clients: "2" }, another: true },
  { key: "seed", value: "7", another: true },
  { key: "arithmetic", value: "native", another: true },
  { key: "roundTimeout", value: "300" },
  { key: "timeout", value: "1800" },
  // This makes metrics that are NaN and infinite.
  { key: "runConfig", value: '{"odd-metrics":true}', another: true },
  { key: "runToken", value: "again", another: true },
  { key: "wait", value: "false" },
];

/** Name of the StorageClass and of the PriorityClass that the changes of pods need. */
export const CLASS = "kept-pods";

/** Changes of the pods, the volume and the Service. */
export const PODS: readonly Change[] = [
  { key: "serverResources", value: '{"memory":"900Mi"}' },
  { key: "clientResources", value: '{"memory":"512Mi","cpu":"100m"}' },
  { key: "env", value: '{"MODE":"fast"}' },
  { key: "nodeConfig", value: '{"dataset-path":"/data/{partition}"}' },
  { key: "data", value: '[{"path":"/data","size":"10Mi"}]' },
  { key: "egress", value: '["https"]' },
  { key: "serverEgress", value: "10.1.2.3:5432" },
  { key: "runAs", value: "cluster" },
  { key: "serverPod", value: '{"metadata":{"labels":{"team":"vision"}}}' },
  { key: "clientPod", value: '{"tolerations":[{"operator":"Exists"}]}' },
  { key: "gpus", value: "1" },
  { key: "spread", value: "required" },
  { key: "storageClass", value: "standard" },
  { key: "storageClass", value: CLASS, refused: LOST },
  { key: "storage", value: "2Gi", refused: LOST },
  { key: "storage", value: "500Mi", refused: LOST },
  { key: "keepRuns", value: "1" },
  { key: "discard", value: "00000000" },
  { key: "serviceType", value: "NodePort" },
  { key: "monitoring", value: "monitoring" },
  { key: "priorityClass", value: CLASS },
  { key: "priorityClass", value: "nowhere", refused: /no PriorityClass with name nowhere/ },
  { key: "tls", value: "false" },
];
