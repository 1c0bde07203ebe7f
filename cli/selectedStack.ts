import { createHash } from "node:crypto";
import { existsSync, readFileSync, realpathSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";

import { parse } from "yaml";

/** A stack, and the values of its config file by key, without the project's name. */
export interface SelectedStack {
  /** Folder of the Pulumi project. */
  readonly folder: string;
  readonly name: string;
  readonly config: Readonly<Record<string, unknown>>;
}

/**
 * Reads which stack is selected in a folder or above it, as Pulumi keeps it in files: `pulumi` itself
 * would take longer than a verb may. Null where no project is, or none of its stacks is selected.
 * @param folder the folder that one stands in, with symbolic links as one came
 */
export async function selectedStack(
  folder: string,
  env: NodeJS.ProcessEnv,
): Promise<SelectedStack | null> {
  const project = projectFolder(folder);
  if (project === undefined) return null;
  const read = async (file: string): Promise<Record<string, unknown>> =>
    (parse(await readFile(join(project, file), "utf8")) ?? {}) as Record<string, unknown>;
  const { name: title } = (await read("Pulumi.yaml")) as { name: string };
  const name = env.PULUMI_STACK ?? selection(project, title, env);
  if (name === undefined) return null;
  const file = `Pulumi.${name}.yaml`;
  const config = existsSync(join(project, file)) ? (await read(file)).config : {};
  const own = Object.entries(config ?? {})
    .filter(([key]) => key.startsWith(`${title}:`))
    .map(([key, value]) => [key.slice(title.length + 1), value as unknown] as const);
  return { folder: project, name, config: Object.fromEntries(own) };
}

/** Folder of the nearest Pulumi.yaml. */
function projectFolder(folder: string): string | undefined {
  if (existsSync(join(folder, "Pulumi.yaml"))) return folder;
  const above = dirname(folder);
  return above === folder ? undefined : projectFolder(above);
}

/** Name of the selected stack: the last part of `organization/project/stack`. */
function selection(project: string, title: string, env: NodeJS.ProcessEnv): string | undefined {
  const home = env.PULUMI_HOME ?? join(homedir(), ".pulumi");
  for (const folder of new Set([project, realpathSync(project)])) {
    const digest = createHash("sha1").update(join(folder, "Pulumi.yaml")).digest("hex");
    const file = join(home, "workspaces", `${title}-${digest}-workspace.json`);
    const { stacks = {}, stack } = json(file) as {
      stacks?: Record<string, string>;
      stack?: string;
    };
    const known = Object.values(stacks);
    const chosen = stacks[backend(home, env) ?? ""] ?? (known.length === 1 ? known[0] : stack);
    if (chosen !== undefined && chosen !== "") return chosen.split("/").at(-1);
  }
  return undefined;
}

/** URL of the backend that is logged in to. */
function backend(home: string, env: NodeJS.ProcessEnv): string | undefined {
  return (
    env.PULUMI_BACKEND_URL ?? (json(join(home, "credentials.json")) as { current?: string }).current
  );
}

/** Content of a JSON file; an empty object when there is none. */
function json(file: string): object {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as object;
  } catch {
    return {};
  }
}
