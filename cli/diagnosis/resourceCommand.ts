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
