import type { Check } from "./check.ts";
import { clock } from "./checks/clock.ts";
import { contact } from "./checks/contact.ts";
import { dns } from "./checks/dns.ts";
import { docker } from "./checks/docker.ts";
import { image } from "./checks/image.ts";
import { imageWay } from "./checks/imageWay.ts";
import { nodes } from "./checks/nodes.ts";
import { pods } from "./checks/pods.ts";
import { policies } from "./checks/policies.ts";
import { quotas } from "./checks/quotas.ts";
import { rights } from "./checks/rights.ts";
import { signingKeys } from "./checks/signingKeys.ts";
import { space } from "./checks/space.ts";
import { storageClass } from "./checks/storageClass.ts";
import { kubectl, node, pulumi } from "./checks/tools.ts";

/** All checks, in the order in which they are told. */
export const CHECKS: readonly Check[] = [
  node,
  pulumi,
  kubectl,
  docker,
  contact,
  clock,
  rights,
  nodes,
  imageWay,
  dns,
  storageClass,
  signingKeys,
  quotas,
  image,
  pods,
  space,
  policies,
];
