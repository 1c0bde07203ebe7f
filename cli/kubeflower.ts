import { Command, InvalidArgumentError } from "commander";
import type { Request } from "./follower.ts";

interface Where {
  readonly context: string;
  readonly namespace: string;
}

const program = new Command("kubeflower").description("Looks at federated runs on Kubernetes");

where(program.command("follow"))
  .description("follow a run to its end; the last line is its result as JSON")
  .requiredOption("--run <id>", "id of the run")
  .option("--timeout <seconds>", "how long to follow", positive, 3600)
  .option("--no-wait", "only until the run has started")
  .action(async (request: Request) => {
    // The Kubernetes library is large: --help and a wrong option do not wait for it.
    const { follow } = await import("./follow.ts");
    await follow(request);
  });

where(program.command("status"))
  .description("show the run the server works on, or what keeps it from working")
  .option("--json", "the server's whole status, as JSON")
  .action(async ({ context, namespace, json }: Where & { json?: true }) => {
    const { showStatus } = await import("./showStatus.ts");
    await showStatus(context, namespace, json === true);
  });

await program.parseAsync();

function where(command: Command): Command {
  return command
    .requiredOption("--context <name>", "context of the kubeconfig")
    .option("--namespace <name>", "namespace of the federation", "kubeflower");
}

function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new InvalidArgumentError("it must be a number of seconds over 0");
  return value;
}
