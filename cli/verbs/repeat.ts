import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { shellWord } from "../../contract/shellWord.ts";
import type { RunRecord } from "../../contract/record.ts";
import type { ModelResult } from "../../contract/status.ts";
import type { Answer } from "../answer.ts";
import { Fault } from "../fault.ts";
import { standing } from "../place.ts";
import { fitted, givesSameId, unrecorded, valuesOf, type Value } from "../recordedSettings.ts";
import { selectedStack } from "../selectedStack.ts";

/**
 * Prints the settings of a stack that make a run again, or sets them.
 * @param folder results of the run
 * @param set whether to set them in the selected stack of the folder that one stands in
 */
export async function repeat(folder: string, set: boolean): Promise<Answer> {
  const record = await read<RunRecord>(folder, "run.json");
  if (record === null) {
    throw new Fault(
      "usage",
      `${folder} has no run.json that can be read`,
      "name a folder that `kubeflower results` has filled; runs of 0.1 have no record",
    );
  }
  const result = await read<ModelResult>(folder, "result.json");
  const answer = repeatAnswer(record, result?.modelSha256 ?? null);
  if (set) {
    const stack = await selectedStack(standing(), process.env);
    await setAll(fitted(valuesOf(record), stack?.config ?? {}));
  }
  return answer;
}

/** Shows the settings as commands, and by what one knows that the run was repeated. */
export function repeatAnswer(record: RunRecord, sha256: string | null): Answer {
  const values = valuesOf(record);
  const { origin, image, run } = record;
  const unknown = unrecorded(record);
  return {
    document: {
      run,
      settings: values,
      app: origin?.app ?? null,
      image,
      model_sha256: sha256,
      whole: givesSameId(record),
      not_recorded: unknown.map(({ key }) => key),
    },
    lines: [
      ...values.map(command),
      "pulumi up",
      ...(givesSameId(record)
        ? [`# run ${run} again, where app and engine have the sources ${origin?.sources ?? ""}`]
        : [`# another id than ${run}: its record does not say where it comes from`]),
      ...(sha256 === null ? [] : [`# its model has the sha256 ${sha256}`]),
      ...unknown.map(({ words }) => `# ${words}`),
    ],
  };
}

function command({ key, value }: Value): string {
  const path = key.includes(".") ? "--path " : "";
  return value === null
    ? `pulumi config rm ${path}${key}`
    : `pulumi config set ${path}${key} ${shellWord(value)}`;
}

/** Sets settings in the selected stack, with `pulumi` itself and no shell. */
async function setAll(values: readonly Value[]): Promise<void> {
  const pairs = values.flatMap(({ key, value }) =>
    value === null ? [] : ["--plaintext", `${key}=${value}`],
  );
  await pulumi("config", "set-all", "--path", ...pairs);
  for (const { key, value } of values) {
    // It was not set.
    if (value === null) await pulumi("config", "rm", "--path", key).catch(() => undefined);
  }
}

function pulumi(...args: string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn("pulumi", [...args, "--non-interactive"], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    let said = "";
    child.stderr.on("data", (part: Buffer) => (said += part.toString()));
    child.on("error", () => {
      reject(
        new Fault(
          "failed",
          "pulumi is not on the PATH",
          "install it, or set the values that are printed without --set",
        ),
      );
    });
    child.on("close", (code) => {
      if (code === 0) resolve();
      else {
        reject(
          new Fault(
            "failed",
            `pulumi ${args.slice(0, 2).join(" ")} failed (${said.trim()})`,
            "stand in the folder of your stack and select it",
          ),
        );
      }
    });
  });
}

async function read<T>(folder: string, file: string): Promise<T | null> {
  try {
    return JSON.parse(await readFile(join(folder, file), "utf8")) as T;
  } catch {
    return null;
  }
}
