import * as pulumi from "@pulumi/pulumi";
import { dockerFault } from "../docker/fault.ts";
import type { Delivery } from "../settings/rules.ts";

/**
 * Asks the Docker that builds the image whether it can. A preview only warns: what it shows needs
 * no build.
 * @param update whether this is an update, and not a preview
 * @throws pulumi.RunError when the update must not begin; nothing was changed then
 */
export async function meetDocker(delivery: Delivery, update: boolean): Promise<void> {
  const builds =
    delivery.by === "registry" ||
    delivery.by === "nodes" ||
    (delivery.by === "minikube" && delivery.builder === "docker");
  const fault = builds ? await dockerFault() : undefined;
  if (fault === undefined) return;
  const sentence = `the image cannot be built: ${fault}`;
  if (update) throw new pulumi.RunError(sentence);
  await pulumi.log.warn(sentence);
}
