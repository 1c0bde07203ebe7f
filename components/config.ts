import * as pulumi from "@pulumi/pulumi";
import { ConfigValues, faultMessage, orList, type TextRule } from "./configValues.ts";
import { appFault, runConfigKeys, type RunConfigKind } from "./flowerApp.ts";
import { nearestName } from "./nearestName.ts";

/** The stack's settings, checked. Times in seconds. */
export interface Settings {
  readonly cluster: "minikube" | "remote";
  readonly context: string;
  readonly namespace: string;
  readonly createNamespace: boolean;
  readonly app: string;
  readonly delivery:
    | { readonly by: "reference"; readonly image: string }
    | { readonly by: "registry"; readonly registry: string }
    | {
        readonly by: "minikube";
        readonly profile: string;
        readonly builder: "docker" | "minikube";
      };
  readonly run: {
    readonly rounds: number;
    readonly clients: number;
    readonly min: number;
    readonly replicas: number;
    readonly quorum: number;
    readonly seed: number;
    readonly roundTimeout: number;
    readonly runConfig: Readonly<Record<string, RunConfigValue>>;
  };
  readonly runToken: string;
  readonly timeout: number;
  readonly wait: boolean;
  readonly server: {
    readonly resources: Resources;
    readonly storage: string;
    readonly storageClass: string | undefined;
    readonly serviceType: "ClusterIP" | "NodePort" | "LoadBalancer";
  };
  readonly clients: {
    readonly resources: Resources;
    readonly gpus: number;
    readonly spread: "none" | "preferred" | "required";
  };
}

export type RunConfigValue = string | number | boolean;
type Resources = Readonly<Record<"cpu" | "memory", string>>;

const DEFAULT_RESOURCES = {
  serverResources: { cpu: "250m", memory: "1Gi" },
  clientResources: { cpu: "250m", memory: "768Mi" },
} as const;

/** Run-config keys the engine fills from a setting of ours. */
const OWN_KEYS: Readonly<Record<string, string>> = {
  "num-server-rounds": "rounds",
  "min-nodes": "min",
  clients: "clients",
  seed: "seed",
};

const LABEL = "[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?";
const RULES = {
  namespace: {
    pattern: new RegExp(`^${LABEL}$`),
    allowed: "it must be a DNS label: small letters, digits and dashes, at most 63",
    example: "kubeflower",
  },
  registry: {
    pattern: /^[a-z0-9][a-z0-9.-]*(:\d+)?(\/[a-z0-9]+([._-]+[a-z0-9]+)*)*$/,
    allowed: "it must be host[:port][/path], without https:// and a slash at the end",
    example: "ghcr.io/you",
  },
  image: {
    pattern: /^[a-z0-9][\w./:-]*(:(?!latest$)[\w][\w.-]*|@sha256:[0-9a-f]{64})$/,
    allowed:
      "it must be name:tag or name@sha256:digest, and no tag latest, which nodes never renew",
    example: "<name>@sha256:<digest>",
  },
  storageClass: {
    pattern: new RegExp(`^${LABEL}(\\.${LABEL})*$`),
    allowed: "it must be the name of a StorageClass: small letters, digits, dashes and dots",
    example: "standard",
  },
  memory: {
    pattern: /^[1-9]\d*(\.\d+)?([kMGT]|[KMGT]i)?$/,
    allowed: "it must be a size such as 512Mi or 1Gi",
    example: "1Gi",
  },
  cpu: {
    pattern: /^([1-9]\d*m|[1-9]\d*(\.\d+)?|0\.\d*[1-9]\d*)$/,
    allowed: "it must be a number of CPUs such as 250m or 2",
    example: "250m",
  },
} satisfies Record<string, TextRule>;

/**
 * Reads the stack's config; the only place that does.
 * @throws pulumi.RunError telling everything that is wrong, and how to mend it
 */
export function loadConfig(): Settings {
  const prefix = `${pulumi.getProject()}:`;
  const raw = Object.entries(pulumi.runtime.allConfig())
    .filter(([key]) => key.startsWith(prefix))
    .map(([key, value]): [string, string] => [key.slice(prefix.length), value]);
  return readConfig(Object.fromEntries(raw), pulumi.getStack());
}

/** `loadConfig` on values that were read: a pure function but for the app's folder. */
export function readConfig(raw: Readonly<Record<string, string>>, stack: string): Settings {
  const values = new ConfigValues(raw, stack);
  const settings = read(values);
  values.refuseUnknown();
  if (values.faults.length > 0) throw new pulumi.RunError(faultMessage(values.faults));
  return settings as Settings;
}

/** Every field may be undefined, but then there is a fault. */
type Maybe<T> = {
  [K in keyof T]: T[K] extends object ? Maybe<T[K]> | undefined : T[K] | undefined;
};

function read(values: ConfigValues): Maybe<Settings> {
  const cluster = values.choice("cluster", ["minikube", "remote"]);
  const context = values.optional("context") ?? (cluster === "minikube" ? "minikube" : undefined);
  if (cluster === "remote" && context === undefined) {
    values.add(
      "context is not set",
      "cluster remote needs the kubeconfig context of the cluster",
      values.set("context", "<name>"),
    );
  }
  const image = values.text("image", RULES.image);
  const app = values.optional("app");
  checkApp(values, app, image !== undefined);
  const run = readRun(values);
  return {
    cluster,
    context,
    ...readNamespace(values),
    app,
    delivery: readDelivery(values, { cluster, context, image }),
    run: { ...run, runConfig: readRunConfig(values, app) },
    runToken: values.optional("runToken") ?? "",
    timeout: readTimeout(values, run.roundTimeout),
    wait: values.boolean("wait"),
    server: {
      resources: readResources(values, "serverResources"),
      storage: values.text("storage", RULES.memory),
      storageClass: values.text("storageClass", RULES.storageClass),
      serviceType: values.choice("serviceType", ["ClusterIP", "NodePort", "LoadBalancer"]),
    },
    clients: {
      resources: readResources(values, "clientResources"),
      gpus: values.integer("gpus", { least: 0, most: 64, example: 0 }),
      spread: values.choice("spread", ["none", "preferred", "required"]),
    },
  };
}

function readNamespace(values: ConfigValues) {
  const createNamespace = values.boolean("createNamespace");
  const namespace = values.text("namespace", RULES.namespace);
  if (createNamespace === true && /^(default|kube-.*)$/.test(namespace ?? "")) {
    values.add(
      `namespace is "${namespace ?? ""}"`,
      "it is Kubernetes' own and cannot be created",
      `${values.set("namespace", "kubeflower")}, or ${values.set("createNamespace", "false")}`,
    );
  }
  return { namespace, createNamespace };
}

function checkApp(values: ConfigValues, app: string | undefined, ready: boolean): void {
  const fault = app === undefined ? "is not set" : appFault(app);
  // A ready image has its app inside; the folder is of use only to check runConfig.
  if (fault === undefined || (ready && fault === "is not there")) return;
  values.add(
    `app ${app === undefined ? "" : `"${app}" `}${fault}`,
    "it must be the folder of a Flower app, with [tool.flwr.app] in its pyproject.toml",
    values.set("app", "app/vision"),
  );
}

function readDelivery(
  values: ConfigValues,
  { cluster, context, image }: Record<"cluster" | "context" | "image", string | undefined>,
): Settings["delivery"] | undefined {
  const registry = values.text("registry", RULES.registry);
  const builder = values.choice("builder", ["docker", "minikube"]);
  if (cluster === "remote" && builder === "minikube") {
    values.add(
      'builder is "minikube"',
      "cluster remote can only build with docker",
      values.set("builder", "docker"),
    );
  }
  if (cluster === "minikube" && registry !== undefined) {
    values.add(
      `registry is "${registry}"`,
      "cluster minikube has its images loaded and takes none",
      `${values.remove("registry")}, or ${values.set("cluster", "remote")}`,
    );
  }
  if (image !== undefined) return { by: "reference", image };
  if (cluster === "minikube" && context !== undefined && builder !== undefined) {
    return { by: "minikube", profile: context, builder };
  }
  if (registry !== undefined) return { by: "registry", registry };
  // A malformed registry or image has been told already.
  if (
    cluster === "remote" &&
    values.optional("registry") === undefined &&
    !given(values, "image")
  ) {
    values.add(
      "registry is not set",
      "cluster remote pulls its image from a registry, unless image names a ready one",
      `${values.set("registry", RULES.registry.example)}, or ${values.set("image", RULES.image.example)}`,
    );
  }
  return undefined;
}

function given(values: ConfigValues, key: string): boolean {
  return values.optional(key) !== undefined;
}

function readRun(values: ConfigValues) {
  const rounds = values.integer("rounds", { least: 1, example: 5 });
  const clients = values.integer("clients", { least: 1, most: 10_000, example: 2 });
  const min = values.integer("min", { least: 1, example: clients ?? 2 }, clients ?? -1);
  const replicas = values.integer("replicas", { least: 1, example: min ?? 2 }, min ?? -1);
  const quorum = values.integer("quorum", { least: 1, example: clients ?? 2 }, clients ?? -1);
  const atMost = (key: string, value?: number, limit?: string, most?: number): void => {
    // A value with a fault of its own (undefined, or -1 for one that follows it) is told already.
    if (value === undefined || most === undefined || value < 1 || most < 1 || value <= most) return;
    values.add(
      `${key} is ${String(value)}, more than ${limit ?? ""} (${String(most)})`,
      "it must be 1 ≤ quorum ≤ clients ≤ min ≤ replicas",
      `${values.set(limit ?? "", value)}, or ${values.set(key, most)}`,
    );
  };
  atMost("clients", clients, "min", min);
  atMost("min", min, "replicas", replicas);
  atMost("quorum", quorum, "clients", clients);
  return {
    rounds,
    clients,
    min,
    replicas,
    quorum,
    seed: values.integer("seed", { least: 0, most: 2 ** 32 - 1, example: 42 }),
    roundTimeout: values.integer("roundTimeout", { least: 1, example: 600 }),
  };
}

function readTimeout(values: ConfigValues, roundTimeout: number | undefined): number | undefined {
  const timeout = values.integer("timeout", { least: 1, example: 3600 });
  if (timeout === undefined || roundTimeout === undefined || timeout >= roundTimeout) {
    return timeout;
  }
  return values.add(
    `timeout is ${String(timeout)}, less than roundTimeout (${String(roundTimeout)})`,
    "a run may take as long as one of its rounds, or longer",
    values.set("timeout", roundTimeout),
  );
}

function readResources(
  values: ConfigValues,
  key: keyof typeof DEFAULT_RESOURCES,
): Resources | undefined {
  const defaults = DEFAULT_RESOURCES[key];
  const given = values.object(key, [`${key}.memory`, defaults.memory]);
  if (given === undefined) return undefined;
  for (const name of Object.keys(given).filter((name) => !(name in defaults))) {
    values.add(
      `${key}.${name} is no setting`,
      "it has cpu and memory",
      values.remove(`${key}.${name}`),
    );
  }
  const part = (name: "cpu" | "memory"): string => {
    const value = given[name] ?? defaults[name];
    const text =
      typeof value === "object" ? JSON.stringify(value) : String(value as string | number);
    if (!RULES[name].pattern.test(text)) {
      values.add(
        `${key}.${name} is "${text}"`,
        RULES[name].allowed,
        values.set(`${key}.${name}`, defaults[name]),
      );
    }
    return text;
  };
  return { cpu: part("cpu"), memory: part("memory") };
}

function readRunConfig(values: ConfigValues, app: string | undefined) {
  const given = values.object("runConfig", ["runConfig.<key>", "<value>"]);
  if (given === undefined) return undefined;
  const known = app === undefined || appFault(app) !== undefined ? undefined : runConfigKeys(app);
  const runConfig: Record<string, RunConfigValue> = {};
  for (const [key, value] of Object.entries(given)) {
    const path = /^[\w-]+$/.test(key) ? `runConfig.${key}` : `runConfig["${key}"]`;
    const own = OWN_KEYS[key];
    const kind = known?.get(key);
    if (own !== undefined) {
      values.add(
        `${path} is set`,
        `the setting ${own} decides it`,
        `${values.remove(path)}; ${values.set(own, "<value>")}`,
      );
    } else if (known !== undefined && kind === undefined) {
      const free = [...known.keys()].filter((name) => !(name in OWN_KEYS));
      const nearest = nearestName(key, free);
      values.add(
        `${path} is no run config of the app`,
        nearest === undefined ? `it has ${orList(free)}` : `did you mean ${nearest}?`,
        values.remove(path),
      );
    } else {
      const typed = runConfigValue(value, kind);
      if (typed === undefined) {
        values.add(
          `${path} is ${JSON.stringify(value)}`,
          `it must be a ${kind ?? "text, number or boolean"}`,
          values.set(path, "<value>"),
        );
      } else runConfig[key] = typed;
    }
  }
  return runConfig;
}

/** The value as the app declares it: `pulumi config set --path` keeps 0.1 as a text. */
function runConfigValue(
  value: unknown,
  kind: RunConfigKind | undefined,
): RunConfigValue | undefined {
  const scalar =
    typeof value === "string" || typeof value === "number" || typeof value === "boolean";
  if (!scalar) return undefined;
  if (kind === undefined) return value;
  const text = String(value);
  if (kind === "text") return text;
  if (kind === "boolean") return text === "true" || (text === "false" ? false : undefined);
  const pattern = kind === "number" ? /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i : /^-?\d+$/;
  return pattern.test(text) ? Number(text) : undefined;
}
