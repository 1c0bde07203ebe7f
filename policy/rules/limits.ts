import { containerRule } from "../podRule.ts";

/**
 * A container cannot take its neighbours' memory, and its share of CPU is requested. There is no limit of CPU: it would
 * slow a pod down on an idle node, and a busy node shares its CPU by requests.
 */
export const limits = containerRule(
  "limits",
  "A container has a limit of memory and a request of CPU.",
  function* ({ resources: { limits = {}, requests = {} } = {} }) {
    if (limits.memory === undefined) {
      yield "resources.limits.memory is not set — allowed: a size — set it to what the container needs, as 1Gi";
    }
    if (requests.cpu === undefined && limits.cpu === undefined) {
      yield "resources.requests.cpu is not set — allowed: a number of CPUs — set it to what the container needs, as 250m";
    }
  },
);
