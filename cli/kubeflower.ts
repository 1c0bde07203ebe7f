import { Command, InvalidArgumentError } from "commander";
import { clusterOf } from "./cluster.ts";
import { Federation } from "./federation.ts";
import { end, follow, followFromEnvironment } from "./follow.ts";
import { closingTable, waitingLine } from "./report.ts";
import { StatusClient } from "./statusClient.ts";

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
  .action(follow);

where(program.command("status"))
  .description("show what the server works on")
  .option("--json", "the whole status, as JSON")
  .action(status);

if (process.argv.length === 2 && process.env.KUBEFLOWER_FOLLOW !== undefined) {
  await followFromEnvironment();
} else {
  await program.parseAsync();
}

function where(command: Command): Command {
  return command
    .requiredOption("--context <name>", "context of the kubeconfig")
    .option("--namespace <name>", "namespace of the federation", "kubeflower");
}

async function status({ context, namespace, json }: Where & { json?: true }): Promise<never> {
  try {
    const cluster = clusterOf(context);
    const found = await new StatusClient(cluster, new Federation(cluster, namespace)).read();
    if (found === null) {
      return end(1, `no pod of flower-server runs in namespace ${namespace} — run \`pulumi up\``);
    }
    const { run, state, reason, rounds, history } = found;
    const lines = json
      ? [JSON.stringify(found)]
      : [
          `run ${run}: ${state}${reason === null ? "" : ` (${reason})`}, ${history.length} of ${rounds} rounds done`,
          ...(state === "waiting" ? [waitingLine(found)] : []),
          ...(history.length > 0 ? closingTable(found) : []),
        ];
    process.stdout.write(`${lines.join("\n")}\n`);
    return end(0);
  } catch (error) {
    return end(1, (error as Error).message);
  }
}

function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new InvalidArgumentError("it must be a number of seconds over 0");
  return value;
}
