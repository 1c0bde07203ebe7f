import { local } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";

/** A TypeScript program of this project that an update runs, and its order. */
export interface Program {
  /** Path of the program from the project's folder. A change of it runs the program again. */
  readonly script: string;
  /** Environment variable that holds the order, as JSON. */
  readonly variable: string;
  /** Any JSON. */
  readonly order: unknown;
}

/** Runs a program of this project when its inputs change; `inputs` are those of `local.Command`. */
export function runProgram(
  name: string,
  { script, variable, order }: Program,
  inputs: local.CommandArgs,
  opts: pulumi.CustomResourceOptions,
): local.Command {
  return new local.Command(
    name,
    {
      interpreter: ["node", "cli/start.mjs"],
      create: script,
      environment: { [variable]: pulumi.jsonStringify(order) },
      addPreviousOutputInEnv: false,
      ...inputs,
    },
    opts,
  );
}
