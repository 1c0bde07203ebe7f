import { isProfile, kindOf, type LoadedKind } from "../contract/clusterKind.ts";
import { readAppPackages } from "./appPackages.ts";
import type { Faults } from "./faults.ts";
import { appFault } from "./flowerApp.ts";
import { SETTINGS, type Values } from "./table.ts";

/** The values that were read so far: a setting with a fault has none. */
export interface Draft {
  readonly values: Partial<Values>;
  readonly faults: Faults;
  /** Whether the stack sets this key to anything but "". */
  readonly isSet: (key: keyof Values) => boolean;
}

/** How the image gets to the cluster. */
export type Delivery =
  /** A ready image: nothing is built, and no Docker is needed. */
  | { readonly by: "reference"; readonly image: string }
  /** Built here, pushed to `registry`, used by digest. */
  | { readonly by: "registry"; readonly registry: string }
  /** Built here or inside, loaded into the minikube of this profile. */
  | { readonly by: "minikube"; readonly profile: string; readonly builder: "docker" | "minikube" }
  /** Built here, handed to each node of this context's cluster. */
  | { readonly by: "nodes"; readonly cluster: LoadedKind; readonly context: string };

/** Compares whole numbers with each other, as the table says. */
export function compare({ values, faults }: Draft): void {
  for (const [key, { atMost, atLeast }] of Object.entries(SETTINGS)) {
    const value = numberOf(values, key);
    const most = numberOf(values, atMost?.key);
    if (atMost !== undefined && value !== undefined && most !== undefined && value > most) {
      const wrong = `${key} is ${value}, more than ${atMost.key} (${most})`;
      const remedy = `${faults.set(atMost.key, value)}, or ${faults.set(key, most)}`;
      faults.add(key, wrong, atMost.rule, remedy);
    }
    const least = numberOf(values, atLeast?.key);
    if (atLeast !== undefined && value !== undefined && least !== undefined && value < least) {
      const wrong = `${key} is ${value}, less than ${atLeast.key} (${least})`;
      faults.add(key, wrong, atLeast.rule, faults.set(key, least));
    }
  }
}

function numberOf(values: Partial<Values>, key: string | undefined): number | undefined {
  const value = (values as Readonly<Record<string, unknown>>)[key ?? ""];
  return typeof value === "number" ? value : undefined;
}

/** The kubeconfig context; undefined when there is a fault. */
export function contextOf({ values, faults }: Draft): string | undefined {
  if (values.context) return values.context;
  if (values.cluster === "minikube") return "minikube";
  if (values.cluster !== undefined) {
    faults.add(
      "context",
      "context is not set",
      `cluster ${values.cluster} needs the kubeconfig context of the cluster`,
      faults.set("context", "<name>"),
    );
  }
  return undefined;
}

/** Refuses to create a namespace that Kubernetes has of its own. */
export function checkNamespace({ values, faults }: Draft): void {
  const { namespace = "", createNamespace } = values;
  if (createNamespace !== true || !/^(default|kube-.*)$/.test(namespace)) return;
  faults.add(
    "namespace",
    `namespace is "${namespace}"`,
    "it is Kubernetes' own and cannot be created",
    `${faults.set("namespace", "kubeflower")}, or ${faults.set("createNamespace", "false")}`,
  );
}

/** Refuses a folder that holds no Flower app. A ready image needs none: it has its app inside. */
export function checkApp({ values, faults }: Draft): void {
  const { app, image } = values;
  const fault = app === undefined ? undefined : appFault(app);
  if (fault === undefined || (fault.code === "missing" && image !== undefined)) return;
  const allowed = `it must be ${SETTINGS.app.allowed}`;
  faults.add("app", `app "${app ?? ""}" ${fault.text}`, allowed, faults.set("app", "app/vision"));
}

/** Refuses packages of the app of which it is known that no image can be built with them. */
export function checkPackages({ values, faults }: Draft): void {
  const { app, image, base, gpus = 0 } = values;
  if (app === undefined || image !== undefined || appFault(app) !== undefined) return;
  const packages = readAppPackages(app);
  for (const fault of packages.faults) {
    const remedy = `correct \`dependencies\` in ${app}/pyproject.toml`;
    faults.add("app", `app "${app}" ${fault}`, "the image must be able to have it", remedy);
  }
  if (gpus > 0 && base === undefined && packages.hasImageTorch) {
    faults.add(
      "gpus",
      `gpus is ${gpus}, and the torch of the built image knows no GPU`,
      "it must be a torch of PyPI, which the app pins, a base that has one, or a ready image",
      `pin torch==2.8.0 or another in ${app}/pyproject.toml, or ${faults.set("base", "pytorch/pytorch:<tag>")}`,
    );
  }
}

/** The way of the image to the cluster; undefined when there is a fault. */
export function deliveryOf(draft: Draft, context: string | undefined): Delivery | undefined {
  const { cluster, image, registry, builder } = draft.values;
  const isGuess = cluster === "minikube" && image === undefined;
  if (isGuess && context !== undefined && !isProfile(context)) {
    addNoProfile(draft, context);
    return undefined;
  }
  checkBuilder(draft);
  if (image !== undefined) return { by: "reference", image };
  if (cluster === "minikube" && context !== undefined && builder !== undefined) {
    return { by: "minikube", profile: context, builder };
  }
  if (cluster !== "remote") {
    const isLoaded = cluster !== undefined && cluster !== "minikube" && context !== undefined;
    return isLoaded ? { by: "nodes", cluster, context } : undefined;
  }
  if (registry !== undefined) return { by: "registry", registry };
  // A malformed registry or image has already been reported.
  if (!draft.isSet("registry") && !draft.isSet("image")) {
    const { faults } = draft;
    const told = kindOf(context ?? "");
    const unneeded =
      told === "minikube" ? "" : `, or ${faults.remove("cluster")}: ${told} needs no registry`;
    faults.add(
      "registry",
      "registry is not set",
      "cluster remote pulls its image from a registry, unless image names a ready one",
      `${faults.set("registry", "ghcr.io/you")}, or ${faults.set("image", "<name>@sha256:<digest>")}${unneeded}`,
    );
  }
  return undefined;
}

/** Most contexts of clouds, such as arn:aws:eks:…, tell by their names that they are no minikube. */
function addNoProfile({ faults, isSet }: Draft, context: string): void {
  const kind = isSet("cluster") ? 'cluster is "minikube"' : "cluster is not set";
  const allowed =
    "it is minikube then, whose contexts have letters, digits, dashes and dots in their names";
  const registry = isSet("registry") ? "" : `, with ${faults.set("registry", "ghcr.io/you")}`;
  const remedy = `${faults.set("cluster", "remote")}${registry}, or another context: ${faults.set("context", "<name>")}`;
  faults.add("cluster", `${kind}, and context is "${context}"`, allowed, remedy);
}

function checkBuilder({ values, faults }: Draft): void {
  const { cluster, registry, builder } = values;
  if (cluster === undefined) return;
  if (cluster !== "minikube" && builder === "minikube") {
    faults.add(
      "builder",
      'builder is "minikube"',
      `cluster ${cluster} can only build with docker`,
      faults.set("builder", "docker"),
    );
  }
  if (cluster !== "remote" && registry !== undefined) {
    faults.add(
      "registry",
      `registry is "${registry}"`,
      `cluster ${cluster} has its images loaded and takes none`,
      `${faults.remove("registry")}, or ${faults.set("cluster", "remote")}`,
    );
  }
}
