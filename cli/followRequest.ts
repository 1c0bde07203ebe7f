import { COMMAND } from "../contract/variables.ts";
import { Hopeless } from "../kube/errors.ts";

/** Run to follow, and how far to follow it. */
export interface FollowRequest {
  /** Context of the kubeconfig. */
  readonly context: string;
  /** Namespace of the federation. */
  readonly namespace: string;
  /** Id of the run. */
  readonly run: string;
  /** Seconds to follow at most. */
  readonly timeout: number;
  /** Follow to the end; else only until the run has started. */
  readonly wait: boolean;
}

/**
 * Reads the request that `pulumi up` passes in KUBEFLOWER_FOLLOW; `wait` is true by default.
 * @throws Hopeless when it is missing or incomplete
 */
export function requestFrom(text: string | undefined): FollowRequest {
  const { context, namespace, run, timeout, wait = true } = parsed(text);
  if (!context || !namespace || !run || typeof timeout !== "number" || !(timeout > 0)) {
    throw new Hopeless(
      `${COMMAND.follow} is ${JSON.stringify(text ?? null)} — it must be JSON with context, namespace, run and timeout > 0 — or use \`npx kubeflower follow --help\``,
    );
  }
  return { context, namespace, run, timeout, wait };
}

function parsed(text = ""): Partial<FollowRequest> {
  try {
    return (JSON.parse(text) as Partial<FollowRequest> | null) ?? {};
  } catch {
    return {};
  }
}
