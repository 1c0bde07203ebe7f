import { Command, InvalidArgumentError } from "commander";

import type { FollowRequest } from "./followRequest.ts";

/** Options that say which federation is meant. */
interface Place {
  readonly context: string;
  readonly namespace: string;
}

const program = new Command("kubeflower").description("Looks at federated runs on Kubernetes");

withPlace(program.command("follow"))
  .description("follow a run to its end; the last line is its result as JSON")
  .requiredOption("--run <id>", "id of the run")
  .option("--timeout <seconds>", "how long to follow", positive, 3600)
  .option("--no-wait", "only until the run has started")
  .action(async (request: FollowRequest) => {
    // Loaded late: the Kubernetes library is large, and --help does not need it.
    const { follow } = await import("./follow.ts");
    await follow(request);
  });

withPlace(program.command("status"))
  .description("show the server's run, or what keeps the server from working")
  .option("--json", "the server's whole status, as JSON")
  .action(async ({ context, namespace, json }: Place & { json?: true }) => {
    const { showStatus } = await import("./showStatus.ts");
    await showStatus(context, namespace, json === true);
  });

await program.parseAsync();

function withPlace(command: Command): Command {
  return command
    .requiredOption("--context <name>", "context of the kubeconfig")
    .option("--namespace <name>", "namespace of the federation", "kubeflower");
}

function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new InvalidArgumentError("it must be a number of seconds over 0");
  return value;
}
