const WHOLE = "it must be a whole number from";
const ORDER = "it must be 1 ≤ quorum ≤ clients ≤ min ≤ replicas";
const set = (rest: string): string => `pulumi config set ${rest} -s dev`;
const rm = (rest: string): string => `pulumi config rm ${rest} -s dev`;
const REMOTE = { cluster: "remote", context: "lab" };
const RUN_CONFIG_KEYS =
  "it has dataset, data-dir, image-shape, classes, partitioning, alpha, local-epochs, batch-size, learning-rate or momentum";

/**
 * Settings of a stack `dev` over the project's defaults, as the CLI hands them over, and all that
 * is said about them below "n settings are wrong:".
 */
export const BAD_CONFIGS: [values: Record<string, string>, ...lines: string[]][] = [
  [{ rounds: "0" }, `rounds is "0" — ${WHOLE} 1 to 1000000 — ${set("rounds 5")}`],
  [{ rounds: "-1" }, `rounds is "-1" — ${WHOLE} 1 to 1000000 — ${set("rounds 5")}`],
  [{ rounds: "10abc" }, `rounds is "10abc" — ${WHOLE} 1 to 1000000 — ${set("rounds 5")}`],
  [{ rounds: "2.5" }, `rounds is "2.5" — ${WHOLE} 1 to 1000000 — ${set("rounds 5")}`],
  [{ rounds: "010" }, `rounds is "010" — ${WHOLE} 1 to 1000000 — ${set("rounds 5")}`],
  [{ rounds: "1e3" }, `rounds is "1e3" — ${WHOLE} 1 to 1000000 — ${set("rounds 5")}`],
  [{ rounds: "" }, `rounds is "" — ${WHOLE} 1 to 1000000 — ${set("rounds 5")}`],
  [{ clients: "0" }, `clients is "0" — ${WHOLE} 1 to 10000 — ${set("clients 2")}`],
  [
    { clients: "3", min: "2" },
    `clients is 3, more than min (2) — ${ORDER} — ${set("min 3")}, or ${set("clients 2")}`,
  ],
  [
    { min: "2", replicas: "1" },
    `min is 2, more than replicas (1) — ${ORDER} — ${set("replicas 2")}, or ${set("min 1")}`,
  ],
  [
    { replicas: "1" },
    `min is 2, more than replicas (1) — ${ORDER} — ${set("replicas 2")}, or ${set("min 1")}`,
  ],
  [
    { quorum: "3" },
    `quorum is 3, more than clients (2) — ${ORDER} — ${set("clients 3")}, or ${set("quorum 2")}`,
  ],
  [{ quorum: "0" }, `quorum is "0" — ${WHOLE} 1 to 1000000 — ${set("quorum 2")}`],
  [{ seed: "x" }, `seed is "x" — ${WHOLE} 0 to 4294967295 — ${set("seed 42")}`],
  [{ seed: "-1" }, `seed is "-1" — ${WHOLE} 0 to 4294967295 — ${set("seed 42")}`],
  [{ timeout: "-5" }, `timeout is "-5" — ${WHOLE} 1 to 1000000 — ${set("timeout 3600")}`],
  [
    { timeout: "60" },
    `timeout is 60, less than roundTimeout (600) — a run may take as long as one of its rounds, or longer — ${set("timeout 600")}`,
  ],
  [
    { cluster: "minicube" },
    `cluster is "minicube" — it must be minikube, kind, k3d, docker-desktop, containerd or remote — ${set("cluster minikube")}`,
  ],
  [
    { cluster: "remote" },
    `context is not set — cluster remote needs the kubeconfig context of the cluster — ${set("context <name>")}`,
    `registry is not set — cluster remote pulls its image from a registry, unless image names a ready one — ${set("registry ghcr.io/you")}, or ${set("image <name>@sha256:<digest>")}`,
  ],
  ...[
    ["keys", "is no JSON"],
    ["{}", "has no keys"],
    ['{"keys":[]}', "has no keys"],
    ['{"keys":[{"kty":"EC"}]}', "has a key without kid or kty"],
    ['{"keys":[{"kid":"a","kty":"EC","d":"x"}]}', "has a private key"],
    ['{"keys":[{"kid":"a","kty":"oct"}]}', "has a private key"],
  ].map(([jwks = "", what]): [Record<string, string>, string] => [
    { jwks },
    `jwks ${what} — it must be the JSON that /openid/v1/jwks of the cluster shows: public keys, each with its kid — ${set('jwks "$(kubectl get --raw /openid/v1/jwks)"')}`,
  ]),
  [
    { ...REMOTE, registry: "https://ghcr.io/you" },
    `registry is "https://ghcr.io/you" — it must be host[:port][/path], without https:// and a slash at the end — ${set("registry ghcr.io/you")}`,
  ],
  [
    { registry: "ghcr.io/you" },
    `registry is "ghcr.io/you" — cluster minikube has its images loaded and takes none — ${rm("registry")}, or ${set("cluster remote")}`,
  ],
  [
    { context: "kind-lab", registry: "ghcr.io/you", builder: "minikube" },
    `registry is "ghcr.io/you" — cluster kind has its images loaded and takes none — ${rm("registry")}, or ${set("cluster remote")}`,
    `builder is "minikube" — cluster kind can only build with docker — ${set("builder docker")}`,
  ],
  [
    { cluster: "remote", context: "k3d-lab" },
    `registry is not set — cluster remote pulls its image from a registry, unless image names a ready one — ${set("registry ghcr.io/you")}, or ${set("image <name>@sha256:<digest>")}, or ${rm("cluster")}: k3d needs no registry`,
  ],
  [
    { context: "arn:aws:eks:eu-west-1:123456789012:cluster/lab" },
    `cluster is not set, and context is "arn:aws:eks:eu-west-1:123456789012:cluster/lab" — it is minikube then, whose contexts have letters, digits, dashes and dots in their names — ${set("cluster remote")}, with ${set("registry ghcr.io/you")}, or another context: ${set("context <name>")}`,
  ],
  [
    { context: "me@lab", registry: "ghcr.io/you" },
    `cluster is not set, and context is "me@lab" — it is minikube then, whose contexts have letters, digits, dashes and dots in their names — ${set("cluster remote")}, or another context: ${set("context <name>")}`,
  ],
  [
    { cluster: "k3d" },
    `context is not set — cluster k3d needs the kubeconfig context of the cluster — ${set("context <name>")}`,
  ],
  [
    { ...REMOTE, registry: "ghcr.io/you", builder: "minikube" },
    `builder is "minikube" — cluster remote can only build with docker — ${set("builder docker")}`,
  ],
  [
    { builder: "kaniko" },
    `builder is "kaniko" — it must be docker or minikube — ${set("builder docker")}`,
  ],
  [
    { image: "ghcr.io/you/kubeflower:latest" },
    `image is "ghcr.io/you/kubeflower:latest" — it must be name:tag or name@sha256:digest, the name in small letters, and no tag latest, which nodes never renew — ${set("image <name>@sha256:<digest>")}`,
  ],
  ...["https://ghcr.io/you/app:1", "ghcr.io/You/app:1"].map(
    (image): [Record<string, string>, string] => [
      { image },
      `image is "${image}" — it must be name:tag or name@sha256:digest, the name in small letters, and no tag latest, which nodes never renew — ${set("image <name>@sha256:<digest>")}`,
    ],
  ),
  [
    { base: "python" },
    `base is "python" — it must be name:tag or name@sha256:digest, the name in small letters, and no tag latest, which is another image each day — ${set("base python:3.13-slim")}`,
  ],
  [
    { buildArgs: "https://me:password@mirror" },
    `buildArgs is no object — it must be an object of keys and values — ${rm("buildArgs")}; ${set("--path 'buildArgs.PIP_INDEX_URL' <url>")}`,
  ],
  [
    { buildArgs: '{"PIP_INDEX":"https://me:password@mirror"}' },
    `buildArgs.PIP_INDEX is no argument of the image's build — did you mean PIP_INDEX_URL? — ${rm("--path 'buildArgs.PIP_INDEX'")}`,
  ],
  [
    { buildArgs: '{"BASE":"python:3.13-slim","http_proxy":1}' },
    `buildArgs.BASE is no argument of the image's build — it has CA, DEBIAN_MIRROR, PIP_INDEX_URL, PIP_EXTRA_INDEX_URL, PIP_TRUSTED_HOST, HTTP_PROXY, HTTPS_PROXY, NO_PROXY, ALL_PROXY — ${rm("--path 'buildArgs.BASE'")}`,
    `buildArgs.http_proxy is no text — it must be one — ${set("--path 'buildArgs.http_proxy' <text>")}`,
  ],
  [
    { buildArgs: '{"CA":"company.pem"}' },
    `buildArgs.CA is no certificate — it must be the text of a PEM file, with -----BEGIN CERTIFICATE----- — ${set("--path 'buildArgs.CA' < company.pem")}`,
  ],
  [
    { platform: "arm64" },
    `platform is "arm64" — it must be linux/amd64 or linux/arm64 — ${set("platform linux/amd64")}`,
  ],
  [
    { app: "apps/mine" },
    `app "apps/mine" is not there — it must be the folder of a Flower app, with [tool.flwr.app] in its pyproject.toml — ${set("app app/vision")}`,
  ],
  [
    { app: "app" },
    `app "app" has no [tool.flwr.app] in its pyproject.toml — it must be the folder of a Flower app, with [tool.flwr.app] in its pyproject.toml — ${set("app app/vision")}`,
  ],
  [
    { runConfig: '{"alfa":0.1}' },
    `runConfig.alfa is no run config of the app — did you mean alpha? — ${rm("--path 'runConfig.alfa'")}`,
  ],
  [
    { runConfig: '{"banana":1}' },
    `runConfig.banana is no run config of the app — ${RUN_CONFIG_KEYS} — ${rm("--path 'runConfig.banana'")}`,
  ],
  [
    { runConfig: '{"alpha":"small"}' },
    `runConfig.alpha is "small" — it must be a number — ${set("--path 'runConfig.alpha' <value>")}`,
  ],
  [
    { runConfig: '{"seed":7}' },
    `runConfig.seed is set — the setting seed decides it — ${rm("--path 'runConfig.seed'")}; ${set("seed <value>")}`,
  ],
  [
    { runConfig: "alpha=0.1" },
    `runConfig is "alpha=0.1" — it must be an object of keys and values — ${rm("runConfig")}; ${set("--path 'runConfig.<key>' <value>")}`,
  ],
  [
    { namespace: "My_Lab" },
    `namespace is "My_Lab" — it must be a DNS label: small letters, digits and dashes, at most 63 — ${set("namespace kubeflower")}`,
  ],
  [
    { namespace: "default" },
    `namespace is "default" — it is Kubernetes' own and cannot be created — ${set("namespace kubeflower")}, or ${set("createNamespace false")}`,
  ],
  [
    { serverResources: '{"memory":"lots"}' },
    `serverResources.memory is "lots" — it must be a size such as 512Mi or 1Gi — ${set("--path 'serverResources.memory' 1Gi")}`,
  ],
  [
    { serverResources: "big" },
    `serverResources is "big" — it must be an object of keys and values — ${rm("serverResources")}; ${set("--path 'serverResources.memory' 1Gi")}`,
  ],
  [
    { clientResources: '{"cpu":0}' },
    `clientResources.cpu is "0" — it must be a number of CPUs such as 250m or 2 — ${set("--path 'clientResources.cpu' 250m")}`,
  ],
  [
    { clientResources: '{"gpu":1}' },
    `clientResources.gpu is no setting — it has cpu, cpuLimit, memory, ephemeralStorage and ephemeralStorageRequest — ${rm("--path 'clientResources.gpu'")}`,
  ],
  [
    { clientResources: '{"ephemeralStorage":"500Mi"}' },
    `clientResources.ephemeralStorage is "500Mi" — it must be a size of 1G or more such as 4Gi — ${set("--path 'clientResources.ephemeralStorage' 4Gi")}`,
  ],
  [
    { clientResources: '{"cpu":"2","cpuLimit":"1500m"}' },
    `clientResources.cpu is 2, more than clientResources.cpuLimit (1500m) — a request is at most its limit — ${set("--path 'clientResources.cpuLimit' 2")}, or ${set("--path 'clientResources.cpu' 1500m")}`,
  ],
  [
    { serverResources: '{"ephemeralStorageRequest":"4Gi"}' },
    `serverResources.ephemeralStorageRequest is 4Gi, more than serverResources.ephemeralStorage (2Gi) — a request is at most its limit — ${set("--path 'serverResources.ephemeralStorage' 4Gi")}, or ${set("--path 'serverResources.ephemeralStorageRequest' 2Gi")}`,
  ],
  [
    { clientResources: '{"cpuLimit":"many"}' },
    `clientResources.cpuLimit is "many" — it must be a number of CPUs such as 250m or 2 — ${set("--path 'clientResources.cpuLimit' 2")}`,
  ],
  [
    { pullSecret: "My Login" },
    `pullSecret is "My Login" — it must be the name of a Secret: small letters, digits, dashes and dots — ${set("pullSecret registry-login")}`,
  ],
  [{ runAs: "root" }, `runAs is "root" — it must be image or cluster — ${set("runAs image")}`],
  [
    { clientPod: '{"hostNetwork":"often","tolerations":[{"efect":"NoSchedule"}]}' },
    `clientPod.hostNetwork is "often" — it must be true or false — ${set("--path 'clientPod.hostNetwork' <value>")}`,
    `clientPod.tolerations[0].efect is no field of a Toleration — allowed: effect, key, operator, tolerationSeconds, value — ${rm("--path 'clientPod.tolerations[0].efect'")}; ${set("--path 'clientPod.tolerations[0].effect' <value>")}`,
  ],
  [
    { serverPod: '{"containers":[{"name":"server","$patch":"delete"}]}' },
    `serverPod.containers[0].$patch is not free — the pod needs its container server — ${rm("--path 'serverPod.containers[0].$patch'")}`,
  ],
  [
    { priorityClass: "High Priority" },
    `priorityClass is "High Priority" — it must be the name of a PriorityClass: small letters, digits, dashes and dots — ${set("priorityClass high")}`,
  ],
  [{ keepRuns: "0" }, `keepRuns is "0" — ${WHOLE} 1 to 1000 — ${set("keepRuns 1")}`],
  [{ keepRuns: "all" }, `keepRuns is "all" — ${WHOLE} 1 to 1000 — ${set("keepRuns 1")}`],
  [{ tls: "off" }, `tls is "off" — it must be true or false — ${set("tls true")}`],
  [
    { arithmetic: "fast" },
    `arithmetic is "fast" — it must be portable or native — ${set("arithmetic portable")}`,
  ],
  [
    { gpus: "1" },
    `gpus is 1, and the torch of the built image knows no GPU — it must be a torch of PyPI, which the app pins, a base that has one, or a ready image — pin torch==2.8.0 or another in app/vision/pyproject.toml, or ${set("base pytorch/pytorch:<tag>")}`,
  ],
  [
    { env: '{"PATH":"/bin"}' },
    `env.PATH is not free — the image's programs need it as it is — ${rm("--path 'env.PATH'")}`,
  ],
  [
    { nodeConfig: '{"partition-id":1}' },
    `nodeConfig["partition-id"] is not free — each client has its own from its partition — ${rm(`--path 'nodeConfig["partition-id"]'`)}`,
  ],
  [
    { egress: '["http"]', serverEgress: "10.0.0.0/40" },
    `egress has "http" — it must be dns, https, all, or addresses such as 10.0.0.0/8, 10.1.2.3:5432 or [fd00::/8]:443 — ${set("--path 'egress[0]' https")}`,
    `serverEgress has "10.0.0.0/40" — it must be dns, https, all, or addresses such as 10.0.0.0/8, 10.1.2.3:5432 or [fd00::/8]:443 — ${set("serverEgress https")}`,
  ],
  [
    { data: '[{"path":"/data"},{"path":"/etc","size":"1Gi"}]' },
    `data[0] has no place of its files — it must have one of claim, hostPath, nfs or size — ${set("--path 'data[0].hostPath' /srv/data")}`,
    `data[1].path is "/etc" — the image's programs need what is there: another folder — ${set("--path 'data[1].path' /data")}`,
  ],
  [{ gpus: "-1" }, `gpus is "-1" — ${WHOLE} 0 to 64 — ${set("gpus 0")}`],
  [
    { spread: "prefered" },
    `spread is "prefered" — it must be none, preferred or required — ${set("spread preferred")}`,
  ],
  [
    { serviceType: "Nodeport" },
    `serviceType is "Nodeport" — it must be ClusterIP, NodePort or LoadBalancer — ${set("serviceType NodePort")}`,
  ],
  [
    { monitoring: "kube.monitoring" },
    `monitoring is "kube.monitoring" — it must be a DNS label: small letters, digits and dashes, at most 63 — ${set("monitoring monitoring")}`,
  ],
  [
    { storage: "big" },
    `storage is "big" — it must be a size such as 512Mi or 1Gi — ${set("storage 1Gi")}`,
  ],
  [{ wait: "yes" }, `wait is "yes" — it must be true or false — ${set("wait true")}`],
  [
    { round: "10" },
    `round is no setting — did you mean rounds? — ${rm("round")}; ${set("rounds <value>")}`,
  ],
  [
    { "data[0].path": "/data", "env.HF_HOME": "/data" },
    `data[0].path is no setting — a part of data is set with --path — ${rm("'data[0].path'")}; ${set("--path 'data[0].path' <value>")}`,
    `env.HF_HOME is no setting — a part of env is set with --path — ${rm("env.HF_HOME")}; ${set("--path 'env.HF_HOME' <value>")}`,
  ],
  [{ banana: "1" }, `banana is no setting — the settings are in Pulumi.yaml — ${rm("banana")}`],
  [
    { roundz: "10", rounds: "0", quorum: "3", wait: "maybe", runConfig: '{"alfa":0.1}' },
    `rounds is "0" — ${WHOLE} 1 to 1000000 — ${set("rounds 5")}`,
    `quorum is 3, more than clients (2) — ${ORDER} — ${set("clients 3")}, or ${set("quorum 2")}`,
    `runConfig.alfa is no run config of the app — did you mean alpha? — ${rm("--path 'runConfig.alfa'")}`,
    `wait is "maybe" — it must be true or false — ${set("wait true")}`,
    `roundz is no setting — did you mean rounds? — ${rm("roundz")}; ${set("rounds <value>")}`,
  ],
];

/** The whole message for these lines. */
export function refusalOf(lines: readonly string[]): string {
  const count = lines.length === 1 ? "1 setting is" : `${String(lines.length)} settings are`;
  return [`${count} wrong:`, ...lines.map((line) => `  ${line}`)].join("\n");
}
