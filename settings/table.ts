import { CLUSTER_KINDS } from "../contract/clusterKind.ts";
import { buildArgs } from "./buildArgs.ts";
import { dataVolumes } from "./data.ts";
import { waysOut } from "./egress.ts";
import { environmentVariables } from "./env.ts";
import { IMAGE_NAME } from "./imageName.ts";
import {
  anyText,
  choice,
  flag,
  integer,
  object,
  optionalChoice,
  optionalInteger,
  optionalText,
  text,
} from "./kinds.ts";
import type { Setting } from "./kinds.ts";
import { nodeConfig } from "./nodeConfig.ts";
import { podPatch } from "./podPatch.ts";
import { resources, SIZE } from "./resources.ts";
import { tokenKeys } from "./tokenKeys.ts";

// Every setting of the stack is declared here, once. Its type, its check, Pulumi.yaml's block,
// docs/settings.md and the JSON Schema follow from its row; `npm run settings` writes the files.

const LABEL = "[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?";
const DNS_LABEL = new RegExp(`^${LABEL}$`);
const DNS_NAME = new RegExp(`^${LABEL}(\\.${LABEL})*$`);
const ORDER = "it must be 1 ≤ quorum ≤ clients ≤ min ≤ replicas";

/** Place of the federation. */
const CLUSTER = {
  cluster: optionalChoice(CLUSTER_KINDS, {
    about: "kind of cluster; it decides how images get there, and nothing else",
    unset:
      "as the context is named: kind for kind-NAME, k3d for k3d-NAME, docker-desktop for that, rancher-desktop, orbstack and colima, else minikube",
  }),
  context: anyText({
    about: "kubeconfig context of the cluster; for minikube the profile's name",
    unset: "minikube; the other kinds of cluster need it",
  }),
  namespace: text({
    about: "namespace of every object that the stack makes",
    default: "kubeflower",
    pattern: DNS_LABEL,
    allowed: "a DNS label: small letters, digits and dashes, at most 63",
    example: "kubeflower",
  }),
  createNamespace: flag({
    about: "create the namespace and delete it with the stack; false: use one that exists",
    default: true,
  }),
  jwks: tokenKeys("public keys by which the cluster signs the tokens of ServiceAccounts"),
};

/** Content of the image, and its way to the cluster. */
const IMAGE = {
  app: text({
    about: "folder of a Flower app, relative to the project",
    default: "app/vision",
    pattern: /./s,
    allowed: "the folder of a Flower app, with [tool.flwr.app] in its pyproject.toml",
    example: "app/vision",
  }),
  image: optionalText({
    about: "a ready image, best by digest; nothing is built then",
    pattern: IMAGE_NAME,
    allowed:
      "name:tag or name@sha256:digest, the name in small letters, and no tag latest, which nodes never renew",
    example: "<name>@sha256:<digest>",
    unset: "the image is built",
  }),
  registry: optionalText({
    about: "registry to push the image to; cluster remote needs it unless image is set",
    pattern: /^[a-z0-9][a-z0-9.-]*(:\d+)?(\/[a-z0-9]+([._-]+[a-z0-9]+)*)*$/,
    allowed: "host[:port][/path], without https:// and a slash at the end",
    example: "ghcr.io/you",
  }),
  builder: choice(["docker", "minikube"], {
    about: "program that builds the image; minikube builds inside itself and needs no Docker here",
    default: "docker",
  }),
  base: optionalText({
    about: "image to build on, with Python 3.11 to 3.14 and what it has of numpy and torch",
    pattern: IMAGE_NAME,
    allowed:
      "name:tag or name@sha256:digest, the name in small letters, and no tag latest, which is another image each day",
    example: "python:3.13-slim",
    unset: "Debian, with its torch for CPUs",
  }),
  buildArgs: buildArgs(
    "arguments of the image's build: proxies, mirrors and a certificate authority",
  ),
  pullSecret: optionalText({
    about: "Secret of the namespace with the login for the image's registry",
    pattern: DNS_NAME,
    allowed: "the name of a Secret: small letters, digits, dashes and dots",
    example: "registry-login",
    unset: "the nodes need none",
  }),
  platform: optionalText({
    about: "platform of the image that is built",
    pattern: /^linux\/(amd64|arm64)$/,
    allowed: "linux/amd64 or linux/arm64",
    example: "linux/amd64",
    unset: "that of the cluster's nodes, or of this machine when the cluster does not say",
  }),
};

/** The run, as the server gets it: {@link RunSpec}. */
export const RUN = {
  rounds: integer({ about: "rounds of a run", default: 5, least: 1 }),
  clients: integer({
    about: "clients asked in each round",
    default: 2,
    least: 1,
    most: 10_000,
    atMost: { key: "min", rule: ORDER },
  }),
  min: integer({
    about: "clients that must be connected before a round starts",
    follows: "clients",
    least: 1,
    atMost: { key: "replicas", rule: ORDER },
  }),
  replicas: integer({
    about: "client pods; each has one partition of the data",
    follows: "min",
    least: 1,
  }),
  quorum: integer({
    about: "replies that a round needs",
    follows: "clients",
    least: 1,
    atMost: { key: "clients", rule: ORDER },
  }),
  seed: integer({
    about: "random seed of sampling, partitions and training",
    default: 42,
    least: 0,
    most: 2 ** 32 - 1,
  }),
  arithmetic: choice(["portable", "native"], {
    about:
      "instructions that torch and numpy use: those of all x86-64 machines with AVX2, for the same model on each, or all that the machine has",
    default: "portable",
    inRunId: "unless default",
  }),
  roundTimeout: integer({
    about: "seconds that a round may take",
    default: 600,
    least: 1,
    inRunId: "never",
  }),
  runConfig: object({
    about: "Flower run config over the app's own",
    allowed: "an object of keys that the app declares",
    schema: { additionalProperties: { type: ["string", "number", "boolean", "object"] } },
    example: ["runConfig.<key>", "<value>"],
  }),
};

/** Following of the run by an update. */
const UPDATE = {
  timeout: integer({
    about: "seconds that a run may take",
    default: 3600,
    least: 1,
    atLeast: {
      key: "roundTimeout",
      rule: "a run may take as long as one of its rounds, or longer",
    },
  }),
  wait: flag({ about: "follow the run to its end; false: until it has started", default: true }),
  runToken: anyText({ about: "any text; another text runs the same settings again" }),
};

/** The pods, their volume and their connections. */
const PODS = {
  serverResources: resources(
    "serverResources",
    "resources of the server's pod; torch has a thread for each whole CPU",
    {
      cpu: "250m",
      memory: "1Gi",
      ephemeralStorage: "2Gi",
    },
  ),
  clientResources: resources(
    "clientResources",
    "resources of each client's pod; torch has a thread for each whole CPU, and another number of threads may train another model",
    {
      cpu: "250m",
      memory: "768Mi",
      ephemeralStorage: "4Gi",
    },
  ),
  env: environmentVariables("environment variables of server and clients"),
  nodeConfig: nodeConfig(
    "node config of each client, which its app reads from context.node_config",
  ),
  data: dataVolumes("volumes with the clients' own data"),
  runAs: choice(["image", "cluster"], {
    about:
      "whose user and group all pods have: the image's (65532), or those that the cluster gives them, as OpenShift does",
    default: "image",
  }),
  serverPod: podPatch("server", "patch of the server's pod, in Kubernetes' own words"),
  clientPod: podPatch("client", "patch of each client's pod, in Kubernetes' own words"),
  gpus: integer({ about: "nvidia.com/gpu of each client", default: 0, least: 0, most: 64 }),
  spread: choice(["none", "preferred", "required"], {
    about: "whether each client gets a node of its own",
    default: "preferred",
  }),
  priorityClass: optionalText({
    about: "PriorityClass of all pods",
    pattern: DNS_NAME,
    allowed: "the name of a PriorityClass: small letters, digits, dashes and dots",
    example: "high",
    unset: "the cluster's",
  }),
  storage: text({ about: "size of the server's volume", default: "1Gi", ...SIZE }),
  storageClass: optionalText({
    about: "StorageClass of the server's volume",
    pattern: DNS_NAME,
    allowed: "the name of a StorageClass: small letters, digits, dashes and dots",
    example: "standard",
    unset: "the cluster's",
  }),
  keepRuns: optionalInteger({
    about: "completed runs that the volume keeps, the newest; failed ones as long as they are new",
    unset: "all runs are kept",
    least: 1,
    most: 1000,
  }),
  discard: optionalText({
    about: "allows the deletion of one volume with its runs, by the UID of its claim",
    pattern: /^[0-9a-f]{8}[-0-9a-f]{0,28}$/,
    allowed: "the first 8 digits of a claim's UID, or more of them",
    example: "<uid>",
    unset: "no volume with runs is deleted",
  }),
  serviceType: choice(["ClusterIP", "NodePort", "LoadBalancer"], {
    about: "type of the server's Service",
    default: "ClusterIP",
  }),
  monitoring: optionalText({
    about: "namespace of the Prometheus that may read the server's metrics",
    pattern: DNS_LABEL,
    allowed: "a DNS label: small letters, digits and dashes, at most 63",
    example: "monitoring",
    unset: "no pod outside the stack may",
  }),
  egress: waysOut(
    "ways out of the clients' pods: dns, https, addresses with or without a port, all",
  ),
  serverEgress: waysOut("the same of the server's pod"),
  tls: flag({
    about: "encrypt the stream between server and clients; false: plain text, with a warning",
    default: true,
  }),
};

/** The settings in the groups and in the order in which they are documented. */
export const GROUPS = {
  Cluster: CLUSTER,
  "App and image": IMAGE,
  Run: RUN,
  Update: UPDATE,
  Pods: PODS,
};

/** All settings by name. */
export const SETTINGS = { ...CLUSTER, ...IMAGE, ...RUN, ...UPDATE, ...PODS };

type ValuesOf<Rows> = {
  readonly [Key in keyof Rows]: Rows[Key] extends Setting<infer Value> ? Value : never;
};

/** The settings' values as the table types them. */
export type Values = ValuesOf<typeof SETTINGS>;

/** A run, as the server gets it in one JSON document. */
export type RunSpec = ValuesOf<typeof RUN>;

/** Clients that a run cannot do without: connected before its first round, replying in each round. */
export const NEEDED = { start: "min", round: "quorum" } as const satisfies Record<
  string,
  keyof RunSpec
>;
