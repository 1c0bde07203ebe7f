import { realpathSync } from "node:fs";

import { Fault } from "./fault.ts";
import { selectedStack } from "./selectedStack.ts";

/** Options that say which federation is meant. */
export interface PlaceOptions {
  readonly context?: string;
  readonly namespace?: string;
}

/** Place of a federation. */
export interface Place {
  /** Context of the kubeconfig. */
  readonly context: string;
  readonly namespace: string;
}

const NAMESPACE = "kubeflower";

/**
 * Finds the federation that is meant: by the options, else by the selected stack of the folder.
 * @throws Fault when neither says it
 */
export async function placeOf(
  { context, namespace }: PlaceOptions,
  folder = standing(),
  env: NodeJS.ProcessEnv = process.env,
): Promise<Place> {
  if (context !== undefined) return { context, namespace: namespace ?? NAMESPACE };
  const stack = await selectedStack(folder, env);
  const { cluster = "minikube", ...config } = stack?.config ?? {};
  const known = text(config.context) ?? (cluster === "minikube" ? "minikube" : undefined);
  if (stack === null || known === undefined) {
    throw new Fault(
      "usage",
      stack === null
        ? `no stack is selected in ${folder}`
        : `stack ${stack.name} of ${stack.folder} has no context`,
      "stand in the folder of your stack and select it (`pulumi stack select`), or pass --context and --namespace",
    );
  }
  return { context: known, namespace: namespace ?? text(config.namespace) ?? NAMESPACE };
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** The folder that one stands in: with the shell's symbolic links where it has some, as Pulumi has it. */
export function standing(): string {
  const folder = process.cwd();
  const { PWD } = process.env;
  try {
    return PWD !== undefined && realpathSync(PWD) === folder ? PWD : folder;
  } catch {
    return folder;
  }
}
