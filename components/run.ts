import { local } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";

export interface FederatedRunArgs {
  readonly context: string;
  /** Tells the cluster from one made anew under the same name, where no run has been yet. */
  readonly cluster: pulumi.Input<string>;
  readonly namespace: pulumi.Input<string>;
  /** Tells the server's volume from a new one, which has no run on it yet. */
  readonly volume: pulumi.Input<string>;
  readonly runId: pulumi.Input<string>;
  /** Seconds the run may take. */
  readonly timeout: number;
  /** Follow to the end; else only until the run has started. */
  readonly wait: boolean;
}

/** How a run ended; with `wait: false`, how far it was when `up` let go of it. */
export interface RunResult {
  readonly id: string;
  readonly state: string;
  readonly rounds: number;
  readonly accuracy: number | null;
  readonly loss: number | null;
  readonly modelSha256: string | null;
  readonly seconds: number | null;
}

/**
 * Follows a run to its end, live, and fails with the run's own reason. The run itself lives in
 * the server: ending the following does not end it, and the next `up` picks it up.
 */
export class FederatedRun extends pulumi.ComponentResource {
  readonly result: pulumi.Output<RunResult>;

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
            timeout: args.timeout,
            wait: args.wait,
          }),
        },
        triggers: [args.runId, args.namespace, args.cluster, args.volume],
        logging: "stdoutAndStderr",
        addPreviousOutputInEnv: false,
      },
      { parent: this },
    );
    this.result = follow.stdout.apply(runResult);
    this.registerOutputs({ result: this.result });
  }
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
