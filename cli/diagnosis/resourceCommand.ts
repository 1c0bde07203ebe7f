import { amountOf } from "../../contract/quantity.ts";
/** Settings that hold the resources of a pod, by what the pod is for. */
const SETTINGS = { server: "serverResources", client: "clientResources" } as const;

/**
 * Command that sets one resource of the server's pod, or of every client's.
 * @param resource key of the setting, like `memory`
 * @param quantity new value, like `768Mi`
 */
export function resourceCommand(
  role: keyof typeof SETTINGS,
  resource: string,
  quantity: string,
): string {
  return `pulumi config set --path ${SETTINGS[role]}.${resource} ${quantity}`;
}

/** Twice a Kubernetes quantity, like `3Gi` for `1.5Gi`; undefined when it is none. */
export function twice(quantity: string): string | undefined {
  const [, number, unit = ""] = /^([\d.]+)(\w*)$/.exec(quantity) ?? [];
  return number === undefined ? undefined : `${Number(number) * 2}${unit}`;
}

/** Keys of a resources setting by Kubernetes' names. */
const KEYS: Readonly<Record<string, string>> = {
  cpu: "cpu",
  memory: "memory",
  "ephemeral-storage": "ephemeralStorage",
};

/** Key that sets one of Kubernetes' resources; undefined when no setting does. */
export function settingOf(resource: string): string | undefined {
  return KEYS[resource];
}

/** Half of a quantity, or `most` where that is less. */
export function atMost(quantity: string, most: string): string {
  if (amountOf(quantity) / 2 >= amountOf(most)) return most;
  const [, unit = ""] = /([a-zA-Z]+)$/.exec(most) ?? [];
  const half = Math.floor(amountOf(quantity) / 2 / amountOf(`1${unit}`));
  return `${Math.max(1, half)}${unit}`;
}
