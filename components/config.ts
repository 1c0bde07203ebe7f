import * as pulumi from "@pulumi/pulumi";
import { DEFAULT_RESOURCES, RULES } from "./configRules.ts";
import { ConfigValues, faultMessage } from "./configValues.ts";
import { appFault } from "./flowerApp.ts";
import { readRunConfig, type RunConfigValue } from "./runConfig.ts";

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
  readonly tls: boolean;
  /** First digits of the UID of a claim that an update may delete with all its runs. */
  readonly discard: string | undefined;
  readonly priorityClass: string | undefined;
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

type Resources = Readonly<Record<"cpu" | "memory" | "ephemeralStorage", string>>;

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
    tls: values.boolean("tls"),
    discard: values.text("discard", RULES.discard),
    priorityClass: values.text("priorityClass", RULES.priorityClass),
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
    values.optional("image") === undefined
  ) {
    values.add(
      "registry is not set",
      "cluster remote pulls its image from a registry, unless image names a ready one",
      `${values.set("registry", RULES.registry.example)}, or ${values.set("image", RULES.image.example)}`,
    );
  }
  return undefined;
}

function readRun(values: ConfigValues) {
  const rounds = values.integer("rounds", { least: 1, example: 5 });
  const clients = values.integer("clients", { least: 1, most: 10_000, example: 2 });
  const min = values.optionalInteger("min", { least: 1, example: clients ?? 2 }, clients);
  const replicas = values.optionalInteger("replicas", { least: 1, example: min ?? 2 }, min);
  const quorum = values.optionalInteger("quorum", { least: 1, example: clients ?? 2 }, clients);
  const atMost = (
    key: string,
    value: number | undefined,
    limit: string,
    most: number | undefined,
  ): void => {
    // An undefined one has a fault of its own.
    if (value === undefined || most === undefined || value <= most) return;
    values.add(
      `${key} is ${String(value)}, more than ${limit} (${String(most)})`,
      "it must be 1 ≤ quorum ≤ clients ≤ min ≤ replicas",
      `${values.set(limit, value)}, or ${values.set(key, most)}`,
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
  values.add(
    `timeout is ${String(timeout)}, less than roundTimeout (${String(roundTimeout)})`,
    "a run may take as long as one of its rounds, or longer",
    values.set("timeout", roundTimeout),
  );
  return undefined;
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
      "it has cpu, memory and ephemeralStorage",
      values.remove(`${key}.${name}`),
    );
  }
  const part = (name: keyof Resources): string => {
    const value = given[name] ?? defaults[name];
    const text = typeof value === "string" ? value : JSON.stringify(value);
    if (!RULES[name].pattern.test(text)) {
      values.add(
        `${key}.${name} is "${text}"`,
        RULES[name].allowed,
        values.set(`${key}.${name}`, defaults[name]),
      );
    }
    return text;
  };
  return {
    cpu: part("cpu"),
    memory: part("memory"),
    ephemeralStorage: part("ephemeralStorage"),
  };
}
