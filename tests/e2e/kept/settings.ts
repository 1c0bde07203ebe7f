/** A change of one setting on a stack that has run. */
export interface Change {
  readonly key: string;
  /** What `pulumi config set` is given; its other settings make the value possible. */
  readonly value: string;
  readonly also?: Readonly<Record<string, string>>;
  /** Sentence of the failing update; undefined: the update must succeed. */
  readonly refused?: RegExp;
  /** The change makes another run; else the run that is there stays the stack's result. */
  readonly another?: true;
}

const LOST =
  /would delete the volume of claim flower-server with the results of .*config set discard/;

/**
 * A change of every setting in Pulumi.yaml, on a stack whose run of the smallest app is completed.
 * `image` is the stack's image by digest.
 */
export function changes(image: string): Change[] {
  return [
    { key: "cluster", value: "minikube", refused: /cluster minikube .* takes none/ },
    { key: "context", value: "renamed" },
    { key: "context", value: "nowhere", refused: /^context nowhere is not in the kubeconfig/ },
    { key: "namespace", value: "other", refused: LOST },
    { key: "createNamespace", value: "false" },
    { key: "registry", value: "localhost:5568/team" },
    { key: "registry", value: "localhost:1", refused: /connection refused|localhost:1/i },
    { key: "image", value: image, another: true },
    {
      key: "image",
      value: "localhost:5568/kubeflower:none",
      another: true,
      refused: /cannot be pulled/,
    },
    { key: "builder", value: "minikube", refused: /can only build with docker/ },
    // A strategy that overrides Strategy.start with a loop of its own.
    {
      key: "app",
      value: "tests/app/strategies",
      also: { clients: "4", rounds: "3", runConfig: '{"strategy":"own loop"}' },
      another: true,
    },
    { key: "app", value: "nowhere", refused: /app "nowhere" is not there/ },
    { key: "rounds", value: "2", another: true },
    { key: "clients", value: "2", another: true },
    { key: "min", value: "2", another: true },
    { key: "replicas", value: "2", another: true },
    { key: "quorum", value: "1", also: { clients: "2" }, another: true },
    { key: "seed", value: "7", another: true },
    { key: "roundTimeout", value: "300" },
    { key: "timeout", value: "1800" },
    // Metrics that are NaN and infinite.
    { key: "runConfig", value: '{"odd-metrics":true}', another: true },
    { key: "runToken", value: "again", another: true },
    { key: "serverResources", value: '{"memory":"900Mi"}' },
    { key: "clientResources", value: '{"memory":"512Mi","cpu":"100m"}' },
    { key: "gpus", value: "1" },
    { key: "spread", value: "required" },
    { key: "storageClass", value: "standard" },
    { key: "storageClass", value: "second", refused: LOST },
    { key: "storage", value: "2Gi", refused: LOST },
    { key: "storage", value: "500Mi", refused: LOST },
    { key: "discard", value: "00000000" },
    { key: "serviceType", value: "NodePort" },
    { key: "priorityClass", value: "high" },
    { key: "priorityClass", value: "nowhere", refused: /no PriorityClass with name nowhere/ },
    { key: "tls", value: "false" },
    { key: "wait", value: "false" },
  ];
}
