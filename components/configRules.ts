import type { TextRule } from "./configValues.ts";

/** cpu wanted, memory wanted and limit, ephemeral storage's limit, where the stack says nothing. */
export const DEFAULT_RESOURCES = {
  serverResources: { cpu: "250m", memory: "1Gi", ephemeralStorage: "2Gi" },
  clientResources: { cpu: "250m", memory: "768Mi", ephemeralStorage: "4Gi" },
} as const;

const LABEL = "[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?";
/** What a text setting must look like, in words for who wrote it. */
export const RULES = {
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
  priorityClass: {
    pattern: new RegExp(`^${LABEL}(\\.${LABEL})*$`),
    allowed: "it must be the name of a PriorityClass: small letters, digits, dashes and dots",
    example: "high",
  },
  discard: {
    pattern: /^[0-9a-f]{8}[-0-9a-f]{0,28}$/,
    allowed: "it must be the first 8 digits of a claim's UID, or more of them",
    example: "<uid>",
  },
  memory: {
    pattern: /^[1-9]\d*(\.\d+)?([kMGT]|[KMGT]i)?$/,
    allowed: "it must be a size such as 512Mi or 1Gi",
    example: "1Gi",
  },
  ephemeralStorage: {
    pattern: /^[1-9]\d*(\.\d+)?[GT]i?$/,
    allowed: "it must be a size of 1G or more such as 4Gi",
    example: "4Gi",
  },
  cpu: {
    pattern: /^([1-9]\d*m|[1-9]\d*(\.\d+)?|0\.\d*[1-9]\d*)$/,
    allowed: "it must be a number of CPUs such as 250m or 2",
    example: "250m",
  },
} satisfies Record<string, TextRule>;
