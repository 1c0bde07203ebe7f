import { local } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";

import type { HeldRun, KeptRun } from "./stackState.ts";

export interface FederatedRunArgs {
  readonly context: string;
  /** Tells the cluster from one made anew under the same name, where no run has been yet. */
  readonly cluster: pulumi.Input<string>;
  readonly namespace: pulumi.Input<string>;
  /** Tells the server's volume from a new one, which has no run on it yet. */
  readonly volume: pulumi.Input<string>;
  readonly runId: pulumi.Input<string>;
  /** Changes with the pods: an update that changes them waits for them, though no run is new. */
  readonly pods: pulumi.Input<string>;
  /** The run that the update before followed. */
  readonly before: HeldRun | undefined;
  /** Seconds the run may take. */
  readonly timeout: number;
  /** Follow to the end; else only until the run has started. */
  readonly wait: boolean;
}

/** How a run ended, or how far it was when `up` let go of it. */
export interface RunResult {
  readonly id: string;
  /** completed, failed, interrupted, running, waiting, or unknown when its server was not reached. */
  readonly state: string;
  /** Why it is not completed: one sentence with the remedy; null otherwise. */
  readonly reason: string | null;
  /** Finished rounds. */
  readonly rounds: number;
  readonly accuracy: Metric | null;
  readonly loss: Metric | null;
  readonly modelSha256: string | null;
  readonly seconds: number | null;
}

/** A number, or the name of one that JSON cannot write. */
export type Metric = number | "NaN" | "Infinity" | "-Infinity";

/**
 * Follows a run to its end, live. A run that does not end well fails the update with its reason, and
 * is a result all the same: the stack's outputs say what is. The run itself lives in the server:
 * ending the following does not end it, and the next update picks it up.
 */
export class FederatedRun extends pulumi.ComponentResource {
  readonly result: pulumi.Output<RunResult>;
  /** The runs on the server's volume. */
  readonly runs: pulumi.Output<readonly KeptRun[]>;

  constructor(name: string, args: FederatedRunArgs, opts?: pulumi.ComponentResourceOptions) {
    super("kubeflower:index:FederatedRun", name, {}, opts);
    const follow = new local.Command(
      name,
      {
        interpreter: ["node", "--import", "tsx"],
        create: "cli/follow.ts",
        environment: {
          KUBEFLOWER_FOLLOW: pulumi.jsonStringify({
            context: args.context,
            namespace: args.namespace,
            run: args.runId,
            pods: args.pods,
            timeout: args.timeout,
            wait: args.wait,
          }),
        },
        triggers: [
          ...[args.runId, args.namespace, args.cluster, args.volume],
          pulumi.output(args.runId).apply((id) => attempt(id, args.before)),
        ],
        logging: "stdoutAndStderr",
        addPreviousOutputInEnv: false,
      },
      { parent: this },
    );
    this.result = follow.stdout.apply(runResult);
    this.result.apply((result) => this.#judge(result));
    this.runs = this.#kept(`${name}-kept`, args).apply((text) => JSON.parse(text) as KeptRun[]);
    this.registerOutputs({ result: this.result, runs: this.runs });
  }

  /** Lists the runs on the volume after each one; a destroy says first which of them go with it. */
  #kept(name: string, { context, namespace }: FederatedRunArgs): pulumi.Output<string> {
    const kept = new local.Command(
      name,
      {
        interpreter: ["node", "--import", "tsx"],
        create: "cli/keptRuns.ts",
        update: "cli/keptRuns.ts",
        delete: "cli/lostRuns.ts",
        environment: {
          // The result is there for its changes.
          KUBEFLOWER_RUNS: pulumi.jsonStringify({ context, namespace, result: this.result }),
        },
        logging: "stderr",
      },
      { parent: this },
    );
    return kept.stdout;
  }

  /** Fails the update when the run did not end well; its outputs are kept by then. */
  async #judge({ reason }: RunResult): Promise<void> {
    if (reason === null || pulumi.runtime.isDryRun()) return;
    await pulumi.log.error(reason, this);
    process.exitCode = TOLD;
  }
}

/** Exit code of a program whose error the user has been told, by Pulumi's language hosts. */
const TOLD = 32;

/**
 * How often an update has followed this run after the first time. One more for a run that was not
 * completed when it was last looked at: its result is brought up to date.
 */
export function attempt(id: string, before: HeldRun | undefined): number {
  if (before?.id !== id) return 0;
  return before.state === "completed" ? before.attempt : before.attempt + 1;
}

/**
 * The result in a follower's output: its last line.
 * @throws Error when that line is no JSON object
 */
export function runResult(stdout: string | undefined): RunResult {
  const last = (stdout ?? "").trimEnd().split("\n").at(-1) ?? "";
  try {
    return JSON.parse(last) as RunResult;
  } catch {
    throw new Error(
      `the follower's last line is "${last.slice(0, 200)}" — it must be the run's result as JSON — run \`pulumi up\` again`,
    );
  }
}
