import { NAMES, PORTS } from "../../contract/names.ts";
import type { Cause } from "./cause.ts";
import { isServer, type Service } from "./objects.ts";
import type { Snapshot } from "./snapshot.ts";

/** Names of the Service's target, as the stack declares it: the port's, and its number. */
const TARGETS: readonly (number | string)[] = ["stream", PORTS.stream];

/** Finds that somebody has changed where the server's Service leads, or null. */
export function serviceFault(snapshot: Snapshot): Cause | null {
  const service = snapshot.objects.services?.find(
    ({ metadata }) => metadata.name === NAMES.service,
  );
  const what = service === undefined ? undefined : astray(snapshot, service);
  if (what === undefined) return null;
  return {
    text: `Service ${NAMES.service} ${what}, so clients do not find the server — give it back what the stack declares: pulumi up --refresh`,
    lasts: true,
  };
}

function astray(snapshot: Snapshot, { spec }: Service): string | undefined {
  if (spec?.selector !== undefined && !selectsServer(snapshot, spec.selector)) {
    const wanted = Object.entries(spec.selector).map(([key, value]) => `${key}=${value}`);
    return `leads to pods with ${wanted.join(",")}, which the server's pod does not have`;
  }
  const ports = spec?.ports;
  if (ports === undefined) return undefined;
  const port = ports.find((one) => one.port === PORTS.service);
  if (port === undefined) return `has no port ${PORTS.service}`;
  return TARGETS.includes(port.targetPort ?? port.port)
    ? undefined
    : `leads to port ${port.targetPort ?? port.port} of the server's pod, which listens on ${PORTS.stream}`;
}

/** Tells whether a server's pod has these labels; no pod at all has another cause. */
function selectsServer(snapshot: Snapshot, selector: Readonly<Record<string, string>>): boolean {
  const pods = snapshot.currentPods().filter(isServer);
  const has = (labels: Readonly<Record<string, string>> = {}): boolean =>
    Object.entries(selector).every(([key, value]) => labels[key] === value);
  return pods.length === 0 || pods.some(({ metadata }) => has(metadata.labels));
}
