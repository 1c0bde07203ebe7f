import { expect, it } from "vitest";
import { hardening } from "../../../policy/rules/hardening.ts";
import { deployment, refusals } from "../support/refusals.ts";

const POD = { runAsNonRoot: true, runAsUser: 65532, seccompProfile: { type: "RuntimeDefault" } };
const CONTAINER = { readOnlyRootFilesystem: true };

it.each([
  ["the pod", POD, CONTAINER],
  ["the container", {}, { ...POD, ...CONTAINER }],
  ["the container with its own seccomp profile", POD, withSeccomp("Localhost")],
])("lets a pod pass that is hardened by %s", async (_, securityContext, own) => {
  const good = deployment({ securityContext, containers: [{ securityContext: own }] });
  expect(await refusals(hardening, good)).toEqual([]);
});

it.each([
  [
    { ...CONTAINER, runAsNonRoot: false },
    "securityContext.runAsNonRoot is false — allowed: true — set it to true, on the pod or on the container",
  ],
  [
    { ...CONTAINER, runAsUser: 0 },
    "securityContext.runAsUser is 0, which is root — allowed: any other number — set it to the image's user",
  ],
  [
    { readOnlyRootFilesystem: false },
    "securityContext.readOnlyRootFilesystem is false — allowed: true — set it to true, and mount an emptyDir where the container writes",
  ],
  [
    withSeccomp("Unconfined"),
    "securityContext.seccompProfile.type is Unconfined — allowed: RuntimeDefault, Localhost — set it to RuntimeDefault, on the pod or on the container",
  ],
])("refuses a container's %j, whatever the pod says", async (own, message) => {
  const bad = deployment({ securityContext: POD, containers: [{ securityContext: own }] });
  expect(await refusals(hardening, bad)).toEqual([`container main: ${message}`]);
});

it("refuses a pod that says nothing", async () => {
  expect(await refusals(hardening, deployment())).toEqual([
    "container main: securityContext.runAsNonRoot is not set — allowed: true — set it to true, on the pod or on the container",
    "container main: securityContext.readOnlyRootFilesystem is not set — allowed: true — set it to true, and mount an emptyDir where the container writes",
    "container main: securityContext.seccompProfile.type is not set — allowed: RuntimeDefault, Localhost — set it to RuntimeDefault, on the pod or on the container",
  ]);
});

function withSeccomp(type: string): object {
  return { ...CONTAINER, seccompProfile: { type } };
}
