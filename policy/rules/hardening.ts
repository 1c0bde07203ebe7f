import { containerRule } from "../podRule.ts";

/** Limit what an attacker can do inside a compromised container. */
export const hardening = containerRule(
  "hardening",
  "A container runs as an ordinary user, on a read-only root, behind seccomp.",
  function* ({ securityContext = {} }, { securityContext: ofPod = {} }) {
    const { readOnlyRootFilesystem } = securityContext;
    // Container-level fields override the pod's.
    const runAsNonRoot = securityContext.runAsNonRoot ?? ofPod.runAsNonRoot;
    const runAsUser = securityContext.runAsUser ?? ofPod.runAsUser;
    const seccomp = (securityContext.seccompProfile ?? ofPod.seccompProfile)?.type;
    if (runAsNonRoot !== true) {
      yield `securityContext.runAsNonRoot is ${text(runAsNonRoot)} — allowed: true — set it to true, on the pod or on the container`;
    }
    if (runAsUser === 0) {
      yield "securityContext.runAsUser is 0, which is root — allowed: any other number — set it to the image's user";
    }
    if (readOnlyRootFilesystem !== true) {
      yield `securityContext.readOnlyRootFilesystem is ${text(readOnlyRootFilesystem)} — allowed: true — set it to true, and mount an emptyDir where the container writes`;
    }
    if (seccomp !== "RuntimeDefault" && seccomp !== "Localhost") {
      yield `securityContext.seccompProfile.type is ${text(seccomp)} — allowed: RuntimeDefault, Localhost — set it to RuntimeDefault, on the pod or on the container`;
    }
  },
);

function text(value: boolean | string | undefined): string {
  return String(value ?? "not set");
}
