import { dockerFault } from "../../../docker/fault.ts";
import type { LocalCheck } from "../check.ts";
import { faultBy, ok, unchecked } from "../finding.ts";

/** Checks that a Docker can build, where the stack's image is built by one. */
export const docker: LocalCheck = {
  name: "docker",
  local: true,
  run: async ({ settings, env, platform }) => {
    if (settings === null) {
      return unchecked("without a stack it is not known whether an image is built");
    }
    if ((settings.image ?? "") !== "" || settings.builder === "minikube") {
      return ok("no Docker is needed: the image is not built here");
    }
    if (platform === "win32" || env.DOCKER_HOST?.startsWith("ssh://") === true) {
      return unchecked("a Docker behind ssh or a pipe of Windows is not asked", "docker version");
    }
    const cause = await dockerFault(env);
    if (cause === undefined) return ok("Docker answers, and can build the image");
    return faultBy(`the image cannot be built: ${cause}`);
  },
};
