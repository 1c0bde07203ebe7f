import * as pulumi from "@pulumi/pulumi";
import type { RunSummary, RunResult } from "../contract/status.ts";
import { COMMAND } from "../contract/variables.ts";
import { runProgram } from "./commands/program.ts";
import { ERROR_SHOWN } from "./exitCode.ts";
import type { HeldRun } from "./stackState.ts";

/** Arguments of {@link FederatedRun}. */
export interface FederatedRunArgs {
  /** Context of the kubeconfig. */
  readonly context: string;
  /** UID of the cluster: one that was recreated under the same name has had no run yet. */
  readonly cluster: pulumi.Input<string>;
  /** Namespace of the federation. */
  readonly namespace: pulumi.Input<string>;
  /** Whether the namespace goes with the stack, and all claims in it. */
  readonly deletesNamespace: boolean;
  /** Random id of this stack: a destroy must not delete what is another's. */
  readonly owner: pulumi.Input<string>;
  /** UID of the server's volume: a new volume has no run on it yet. */
  readonly volume: pulumi.Input<string>;
  /** Id of the run. */
  readonly runId: pulumi.Input<string>;
  /** Text that changes with the pods: an update that changes them waits for them. */
  readonly pods: pulumi.Input<string>;
  /** Run that the previous update followed; undefined when there was none. */
  readonly before: HeldRun | undefined;
  /** Seconds that the run may take. */
  readonly timeout: number;
  /** Follow the run to its end; false: until it has started. */
  readonly wait: boolean;
}

/**
 * Follows a run to its end, live. A run that does not end well fails the update with its reason, and
 * still has a result for the stack's outputs. The run itself lives in the server: it goes on when
 * the following ends, and the next update follows it again.
 */
export class FederatedRun extends pulumi.ComponentResource {
  /** How the run ended, or how far it is. */
  readonly result: pulumi.Output<RunResult>;
  /** Runs on the server's volume. */
  readonly runs: pulumi.Output<readonly RunSummary[]>;

  constructor(name: string, args: FederatedRunArgs, opts?: pulumi.ComponentResourceOptions) {
    super("kubeflower:index:FederatedRun", name, {}, opts);
    this.result = this.#follow(name, args);
    this.result.apply((result) => this.#judge(result));
    this.runs = this.#list(`${name}-kept`, args);
    this.registerOutputs({ result: this.result, runs: this.runs });
  }

  #follow(name: string, args: FederatedRunArgs): pulumi.Output<RunResult> {
    const { context, cluster, namespace, volume, runId, pods, timeout, wait } = args;
    const again = pulumi.output(runId).apply((id) => attempt(id, args.before));
    const follow = runProgram(
      name,
      {
        script: "cli/follow.ts",
        variable: COMMAND.follow,
        order: { context, namespace, run: runId, pods, timeout, wait },
      },
      { triggers: [runId, namespace, cluster, volume, again], logging: "stdoutAndStderr" },
      { parent: this },
    );
    return follow.stdout.apply(runResult);
  }

  /** Lists the runs on the volume after each run; a destroy first says which it deletes, if all is this stack's. */
  #list(
    name: string,
    { context, namespace, deletesNamespace, owner }: FederatedRunArgs,
  ): pulumi.Output<readonly RunSummary[]> {
    const list = runProgram(
      name,
      {
        script: "cli/keptRuns.ts",
        variable: COMMAND.runs,
        // The result is part of the order so that another result lists the runs again.
        order: { context, namespace, deletesNamespace, owner, result: this.result },
      },
      {
        update: "cli/keptRuns.ts",
        delete: "cli/lostRuns.ts",
        logging: "stderr",
        // Not false: the destroy's program reads the last list in PULUMI_COMMAND_STDOUT.
        addPreviousOutputInEnv: undefined,
      },
      { parent: this },
    );
    return list.stdout.apply((text) => JSON.parse(text) as RunSummary[]);
  }

  /** Fails the update when the run did not end well; by then the outputs have its result. */
  async #judge({ reason }: RunResult): Promise<void> {
    if (reason === null || pulumi.runtime.isDryRun()) return;
    await pulumi.log.error(reason, this);
    process.exitCode = ERROR_SHOWN;
  }
}

/**
 * Number of updates that have followed this run again. It grows by one while the run was not
 * completed at the last look, so that this update brings its result up to date.
 */
export function attempt(id: string, before: HeldRun | undefined): number {
  if (before?.id !== id) return 0;
  return before.state === "completed" ? before.attempt : before.attempt + 1;
}

/**
 * Reads the result in a follower's output: its last line.
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
