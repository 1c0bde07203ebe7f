import { Command, InvalidArgumentError } from "commander";

import { MAX_NODES } from "./cluster/addressPlan.ts";
import { EmbeddedCluster } from "./cluster/embeddedCluster.ts";
import { DockerEngine } from "./machine/dockerEngine.ts";
import { environment, exports, processEnvironment } from "./environment.ts";
import { preflight } from "./preflight.ts";
import { CLUSTER_TOOLS, nodeRootPart, toolParts } from "./parts.ts";
import { prepare } from "./tools/preparation.ts";
import { say } from "./tools/progress.ts";
import { Stack } from "./stack.ts";

const cluster = new EmbeddedCluster(
  process.env.KUBEFLOWER_CLUSTER ?? "local",
  Number(process.env.KUBEFLOWER_CLUSTER_INDEX ?? 1),
);

const program = new Command("kubeflower-local").description(
  "An embedded Kubernetes cluster and the tools for it, on a Linux machine that has none.",
);

program
  .command("up")
  .description("build tools, start the cluster, create the stack and run the federation to its end")
  .action(async () => {
    await preflight();
    const tools = await environment({ forUp: true });
    await Promise.all([cluster.up(1), tools.engine?.up()]);
    process.exitCode = await new Stack("local", processEnvironment(tools)).up({
      cluster: "remote",
      context: cluster.context,
      registry: `localhost:${cluster.plan.registryPort}`,
    });
  });

program
  .command("down")
  .description("destroy the stack, then end the cluster; built tools and image layers stay cached")
  .action(async () => {
    await preflight();
    const tools = await environment();
    const code = await new Stack("local", processEnvironment(tools)).down();
    if (code === 0) {
      await cluster.down();
      await new DockerEngine().downUnlessNeeded();
      say(`stack local and cluster ${cluster.context} are gone`);
    }
    process.exitCode = code;
  });

program
  .command("env")
  .description('print what `eval "$(npm run -s env)"` needs to use the same tools in a shell')
  .action(async () => {
    process.stdout.write(exports(await environment()));
  });

const clusters = program.command("cluster").description("the embedded Kubernetes cluster");

clusters
  .command("up")
  .description("start the cluster, or what of it isn't running, and wait until it is ready")
  .option("--nodes <count>", "how many nodes a new cluster gets", nodeCount, 1)
  .action(async ({ nodes }: { nodes: number }) => {
    await preflight();
    await prepare([...toolParts(CLUSTER_TOOLS), nodeRootPart]);
    await cluster.up(nodes);
    say(`${cluster.context} is ready; kubectl's current context is ${cluster.context}`);
  });

clusters
  .command("down")
  .description("end the cluster and remove all of it; built tools and image layers stay cached")
  .action(async () => {
    await preflight();
    await cluster.down();
    await new DockerEngine().downUnlessNeeded();
    say(`${cluster.context} is down`);
  });

clusters
  .command("status")
  .description("say what runs; exit 1 when the cluster isn't up")
  .action(async () => {
    const { running, lines } = await cluster.status();
    console.log(lines.join("\n"));
    process.exitCode = running ? 0 : 1;
  });

function nodeCount(text: string): number {
  const count = /^[1-9]\d*$/.test(text) ? Number(text) : 0;
  if (count < 1 || count > MAX_NODES) {
    throw new InvalidArgumentError(`${text} — allowed: 1 to ${MAX_NODES}.`);
  }
  return count;
}

try {
  await program.parseAsync();
} catch (error) {
  say(`error: ${(error as Error).message}`);
  process.exitCode = 1;
}
