import { PolicyPack } from "@pulumi/policy";
import { configMapSecrets, environmentSecrets } from "./rules/secrets.ts";
import { openEgress, wideEgress } from "./rules/egress.ts";
import { hardening } from "./rules/hardening.ts";
import { host } from "./rules/host.ts";
import { image } from "./rules/image.ts";
import { limits } from "./rules/limits.ts";
import { loadBalancer } from "./rules/loadBalancer.ts";
import { networkPolicy } from "./rules/networkPolicy.ts";
import { ownPods } from "./rules/ownPods.ts";
import { privileges } from "./rules/privileges.ts";
import { statusPort } from "./rules/statusPort.ts";
import { token } from "./rules/token.ts";
import { nodeFolders, systemFolder, volumeKinds } from "./rules/volumes.ts";

// `pulumi preview --policy-pack policy` starts this program, as does `up`; it serves until the engine ends it.
new PolicyPack("kubeflower", {
  enforcementLevel: "mandatory",
  policies: [
    image,
    limits,
    privileges,
    host,
    hardening,
    token,
    ownPods,
    environmentSecrets,
    configMapSecrets,
    networkPolicy,
    statusPort,
    openEgress,
    wideEgress,
    loadBalancer,
    volumeKinds,
    systemFolder,
    nodeFolders,
  ],
});
