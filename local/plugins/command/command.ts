import { randomBytes } from "node:crypto";

import type { PulumiEngine } from "../wire/pulumiEngine.ts";
import {
  differences,
  holdsSecret,
  holdsUnknown,
  reveal,
  secret,
  unknown,
  type Properties,
} from "../wire/properties.ts";
import type { Difference, Failure, Operation, Resource } from "../wire/provider.ts";
import { run } from "./run.ts";

/** Inputs of `command:local:Command`, with secrets revealed. */
interface Inputs {
  readonly create?: string;
  readonly update?: string;
  readonly delete?: string;
  readonly interpreter?: readonly string[];
  readonly dir?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  readonly logging?: "stdout" | "stderr" | "stdoutAndStderr" | "none";
  readonly addPreviousOutputInEnv?: boolean;
}

const KNOWN = new Set(
  "create update delete interpreter dir environment stdin logging addPreviousOutputInEnv triggers".split(
    " ",
  ),
);
const LOGGINGS = ["stdout", "stderr", "stdoutAndStderr", "none"];

/** `command:local:Command`: a program that runs on this machine when the resource is created, updated or deleted. */
export class Command implements Resource {
  readonly #engine: PulumiEngine;

  constructor(engine: PulumiEngine) {
    this.#engine = engine;
  }

  check(_olds: Properties, news: Properties): Promise<{ inputs: Properties; failures: Failure[] }> {
    const failures: Failure[] = [];
    for (const key of Object.keys(news)) {
      if (key === "assetPaths" || key === "archivePaths") {
        failures.push({
          property: key,
          reason: `"${key}" needs the official command plugin: pulumi plugin install resource command`,
        });
      } else if (!KNOWN.has(key)) {
        failures.push({
          property: key,
          reason: `"${key}" is not an input of a Command — it has ${[...KNOWN].join(", ")}`,
        });
      }
    }
    const logging = reveal(news["logging"] ?? null);
    if (typeof logging === "string" && logging !== unknown && !LOGGINGS.includes(logging)) {
      failures.push({
        property: "logging",
        reason: `"logging" is "${logging}" — it may be ${LOGGINGS.join(", ")}`,
      });
    }
    return Promise.resolve({ inputs: news, failures });
  }

  diff(state: Properties, olds: Properties, news: Properties): Promise<Difference> {
    return Promise.resolve({
      changes: differences(Object.keys(olds).length > 0 ? olds : inputsOf(state), news),
      replace: (path) => path.startsWith("triggers"),
    });
  }

  async create(
    inputs: Properties,
    operation: Operation,
  ): Promise<{ id: string; state: Properties }> {
    const name = operation.urn.split("::").at(-1) ?? "command";
    const id = name + randomBytes(4).toString("hex");
    return { id, state: await this.#run("create", inputs, {}, operation) };
  }

  update(
    _id: string,
    state: Properties,
    inputs: Properties,
    operation: Operation,
  ): Promise<Properties> {
    const which = inputs["update"] === undefined || inputs["update"] === null ? "create" : "update";
    return this.#run(which, inputs, state, operation);
  }

  async delete(_id: string, state: Properties, operation: Operation): Promise<void> {
    await this.#run("delete", state, state, operation);
  }

  /** Runs one of the three commands; returns the new state. */
  async #run(
    which: "create" | "update" | "delete",
    properties: Properties,
    before: Properties,
    operation: Operation,
  ): Promise<Properties> {
    const inputs = inputsOf(properties);
    if (operation.preview || holdsUnknown(inputs)) {
      return { ...inputs, stdout: unknown, stderr: unknown };
    }
    const { stdout, stderr } = reveal({
      stdout: before["stdout"] ?? "",
      stderr: before["stderr"] ?? "",
    }) as { stdout: string; stderr: string };
    const plain = reveal(inputs) as Inputs;
    const command = plain[which];
    const output =
      command === undefined
        ? { stdout, stderr }
        : await this.#execute(command, plain, { stdout, stderr }, operation);
    // A program that got a secret may print it.
    const seal = holdsSecret(inputs) ? secret : (value: string) => value;
    return { ...inputs, stdout: seal(output.stdout), stderr: seal(output.stderr) };
  }

  async #execute(
    command: string,
    inputs: Inputs,
    before: { stdout: string; stderr: string },
    { urn, signal }: Operation,
  ): Promise<{ stdout: string; stderr: string }> {
    const interpreter = inputs.interpreter?.length ? inputs.interpreter : ["/bin/sh", "-c"];
    const logging = inputs.logging ?? "stdoutAndStderr";
    try {
      return await run({
        argv: [...interpreter, command],
        command,
        dir: inputs.dir,
        environment: {
          ...inputs.environment,
          ...(inputs.addPreviousOutputInEnv === false ? {} : previousOutput(before)),
        },
        stdin: inputs.stdin,
        signal,
        line: (stream, line) => {
          if (logging === stream || logging === "stdoutAndStderr") this.#engine.log(urn, line);
        },
      });
    } finally {
      await this.#engine.flush();
    }
  }
}

function inputsOf(properties: Properties): Properties {
  return Object.fromEntries(Object.entries(properties).filter(([key]) => KNOWN.has(key)));
}

function previousOutput({
  stdout,
  stderr,
}: {
  stdout: string;
  stderr: string;
}): Record<string, string> {
  return {
    ...(stdout === "" ? {} : { PULUMI_COMMAND_STDOUT: stdout }),
    ...(stderr === "" ? {} : { PULUMI_COMMAND_STDERR: stderr }),
  };
}
