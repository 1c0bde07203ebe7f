import { readFileSync } from "node:fs";

import { Command, CommanderError, InvalidArgumentError } from "commander";

import { answer } from "./answer.ts";
import { EXIT, Fault, faultOf } from "./fault.ts";
import { helpEnd } from "./helpEnd.ts";
import { placeOf, type PlaceOptions } from "./place.ts";

/** Options of all verbs that look at a federation. */
interface Options extends PlaceOptions {
  readonly json?: true;
}

// Each verb is loaded when it is called: the Kubernetes library is large, and --help does not need it.
const program = new Command("kubeflower")
  .description("Looks at federated runs on Kubernetes, fetches and compares their results")
  .version(packageVersion(), "-V, --version", "print the version of this program")
  .exitOverride();

verb("status")
  .description("show the server's run and its clients, or what keeps the server from working")
  .action((options: Options) =>
    answer(options.json === true, async () => {
      const { status } = await import("./verbs/status.ts");
      return status(await placeOf(options));
    }),
  );

withPlace(program.command("follow"))
  .description("follow a run to its end; the last line is its result as JSON")
  .requiredOption("--run <id>", "id of the run")
  .option("--timeout <seconds>", "how long to follow", positive, 3600)
  .option("--no-wait", "only until the run has started")
  .action(async (options: PlaceOptions & { run: string; timeout: number; wait: boolean }) => {
    const { follow } = await import("./follow.ts");
    await follow({ ...options, ...(await placeOf(options)) });
  });

verb("events")
  .description("list what happened to a run and its pods, newest last")
  .argument("[run]", "beginning of its id (default: the run that the server works on)")
  .action((run: string | undefined, options: Options) =>
    answer(options.json === true, async () => {
      const { events } = await import("./verbs/events.ts");
      return events(await placeOf(options), run);
    }),
  );

verb("logs")
  .description("show logs, also of containers before a restart and of pods that are gone")
  .argument("[who]", "server, client or all", oneOf("server", "client", "all"), "server")
  .argument("[partition]", "partition of the client (default: all clients)", partition)
  .option("--since <time>", "only the last 30s, 10m or 2h", duration)
  .option("--run <id>", "only what the server keeps of a run: beginning of its id")
  .option("--out <folder>", "write a file for each pod")
  .action(
    (who: "server" | "client" | "all", client: number | undefined, options: Options & LogOptions) =>
      answer(options.json === true, async () => {
        const { logs } = await import("./verbs/logs.ts");
        const { since, run, out } = options;
        return logs(await placeOf(options), { who, partition: client, since, run, out });
      }),
  );

/** Options of `logs` alone. */
interface LogOptions {
  readonly since?: number;
  readonly run?: string;
  readonly out?: string;
}

verb("runs")
  .description("list all runs on the server's volume, with settings and results")
  .action((options: Options) =>
    answer(options.json === true, async () => {
      const { runs } = await import("./verbs/runs.ts");
      return runs(await placeOf(options));
    }),
  );

verb("results")
  .description("fetch all files of a run: model, record, metrics, partitions, the app's own")
  .argument("[run]", "beginning of its id (default: the run that the server works on)")
  .option("--out <folder>", "folder for them (default: results/<run>)")
  .action((run: string | undefined, options: Options & { out?: string }) =>
    answer(options.json === true, async () => {
      const { results } = await import("./verbs/results.ts");
      return results(await placeOf(options), run, options.out);
    }),
  );

verb("stop")
  .description("end the server's run after its round; it keeps all, and `pulumi up` lets it go on")
  .option("--timeout <seconds>", "how long to wait for the end of the round", positive, 600)
  .action((options: Options & { timeout: number }) =>
    answer(options.json === true, async () => {
      const { stop } = await import("./verbs/stop.ts");
      return stop(await placeOf(options), options.timeout);
    }),
  );

verb("report")
  .description("make the page of a run: metrics, clients' times, data, failures, settings")
  .argument(
    "[run]",
    "folder of fetched results, or beginning of a run's id (default: the server's)",
  )
  .option("--out <file>", "file of the page (default: report-<run>.html)")
  .option("--live", "serve the page on this machine, and renew it while the run goes on")
  .action((run: string | undefined, options: Options & { out?: string; live?: true }) =>
    answer(options.json === true, async () => {
      const { report } = await import("./verbs/report.ts");
      return report(options, run);
    }),
  );

withJson(program.command("verify"))
  .description("check fetched results: each file's digest, and how the files fit together")
  .argument("<folder>", "folder of fetched results")
  .action((folder: string, options: Options) =>
    answer(options.json === true, async () => {
      const { verify } = await import("./verbs/verify.ts");
      return verify(folder);
    }),
  );

verb("diff")
  .description("compare runs: settings, data, curves, digests, cost; equal ones by their mean")
  .argument("<a>", "folder of fetched results, or beginning of a run's id")
  .argument("<b>", "the same of another run")
  .argument("[more...]", "the same of further runs")
  .option("--out <file>", "write the page of the comparison, too")
  .action((a: string, b: string, more: string[], options: Options & { out?: string }) =>
    answer(options.json === true, async () => {
      const { diff } = await import("./verbs/diff.ts");
      return diff(options, [a, b, ...more]);
    }),
  );

withJson(program.command("repeat"))
  .description("print the stack's settings that make a run again")
  .argument("<folder>", "folder of fetched results")
  .option("--set", "set them in the selected stack")
  .action((folder: string, options: Options & { set?: true }) =>
    answer(options.json === true, async () => {
      const { repeat } = await import("./verbs/repeat.ts");
      return repeat(folder, options.set === true);
    }),
  );

verb("doctor")
  .description("check tools, context, rights, cluster and federation, each with its remedy")
  .option("--probe", "also see whether network policies are enforced, by a pod that is removed")
  .action((options: Options & { probe?: true }) =>
    answer(options.json === true, async () => {
      const { doctor } = await import("./verbs/doctor.ts");
      return doctor(options, options.probe === true);
    }),
  );

program
  .command("completion")
  .description("print the script by which a shell completes verbs and options")
  .argument("<shell>", "bash, zsh or fish", oneOf("bash", "zsh", "fish"))
  .action(async (shell: "bash" | "zsh" | "fish") => {
    const { completion } = await import("./completion.ts");
    process.stdout.write(`${completion(program, shell)}\n`);
  });

program.addHelpText("after", helpEnd("kubeflower"));
for (const command of program.commands) {
  command.addHelpText("after", helpEnd("kubeflower", command.name()));
}

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    // The parser has printed its sentence already; a program wants the envelope.
    if (error.exitCode !== 0 && process.argv.includes("--json")) {
      const what = error.message.replace(/^error: /, "");
      const fault = new Fault("usage", what, "see `kubeflower --help`");
      process.stdout.write(`${JSON.stringify(fault.envelope())}\n`);
    }
    process.exitCode = error.exitCode === 0 ? 0 : EXIT.usage;
  } else {
    const fault = faultOf(error);
    process.stderr.write(`${fault.message}\n`);
    process.exitCode = EXIT[fault.code];
  }
}

function packageVersion(): string {
  const file = new URL("../package.json", import.meta.url);
  return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
}

function verb(name: string): Command {
  return withJson(withPlace(program.command(name)));
}

function withPlace(command: Command): Command {
  return command
    .option("--context <name>", "context of the kubeconfig (default: the selected stack's)")
    .option("--namespace <name>", "namespace of the federation (default: the stack's)");
}

function withJson(command: Command): Command {
  return command.option("--json", "print one JSON document, see cli/schemas");
}

function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new InvalidArgumentError("it must be a number of seconds over 0");
  return value;
}

function partition(text: string): number {
  if (!/^\d{1,5}$/.test(text)) throw new InvalidArgumentError("it must be a whole number from 0");
  return Number(text);
}

function duration(text: string): number {
  const [, number = "", unit = "s"] = /^(\d+)([smhd]?)$/.exec(text) ?? [];
  const seconds = Number(number) * ({ s: 1, m: 60, h: 3600, d: 86_400 }[unit] ?? 1);
  if (!(seconds > 0)) throw new InvalidArgumentError("it must be like 30s, 10m or 2h");
  return seconds;
}

function oneOf(...allowed: string[]): (text: string) => string {
  return (text) => {
    if (allowed.includes(text)) return text;
    throw new InvalidArgumentError(`it must be ${allowed.join(", ")}`);
  };
}
