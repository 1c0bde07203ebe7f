import { NAMES } from "../../contract/names.ts";
import { Faults } from "../../settings/faults.ts";
import type { Resources } from "../../settings/resources.ts";
import { SETTINGS } from "../../settings/table.ts";
import { isServer, type Workload } from "../diagnosis/objects.ts";
import type { Snapshot } from "../diagnosis/snapshot.ts";
import { amountOf } from "../../contract/quantity.ts";

/** Resources that the pods of one role ask a namespace for. */
export interface Demand {
  readonly role: "server" | "client";
  /** Pods that are still to be made. */
  readonly pods: number;
  /** Requests of one pod by resource, in CPUs or bytes. */
  readonly requests: Readonly<Record<string, number>>;
  /** Limits of one pod by resource, in CPUs or bytes; there is none for CPUs. */
  readonly limits: Readonly<Record<string, number>>;
}

type Settings = Readonly<Record<string, unknown>>;

/** Computes what is still to be made: by the workloads that are there, else by the settings. */
export function demands(snapshot: Snapshot | null, settings: Settings): Demand[] {
  const { server, clients } = snapshot ?? {};
  const count = (role: Demand["role"]): number =>
    snapshot?.objects.pods.filter((pod) => isServer(pod) === (role === "server")).length ?? 0;
  const one = (role: Demand["role"], workload: Workload | undefined): Demand => {
    const wanted = workload?.spec.replicas ?? (role === "server" ? 1 : replicas(settings));
    const pods = Math.max(0, wanted - count(role));
    const resources = workload?.spec.template?.spec?.containers?.[0]?.resources;
    return {
      role,
      pods,
      ...(resources === undefined ? ofSettings(role, settings) : scalars(resources)),
    };
  };
  return [one("server", server), one("client", clients)];
}

function replicas({ replicas, min, clients }: Settings): number {
  return Number(replicas ?? min ?? clients ?? SETTINGS.clients.default);
}

function ofSettings(role: Demand["role"], settings: Settings): Pick<Demand, "requests" | "limits"> {
  const key = `${role}Resources` as const;
  const reading = { key, fallback: undefined, faults: new Faults(NAMES.server) };
  const given = settings[key] ?? {};
  const text = typeof given === "string" ? given : JSON.stringify(given);
  // Where the setting is no object, `pulumi up` says so; until then the defaults count.
  const read = SETTINGS[key].read(text, reading) ?? SETTINGS[key].read("{}", reading);
  const { cpu, cpuLimit, memory, ephemeralStorage, ephemeralStorageRequest } = read as Resources;
  return scalars({
    requests: { cpu, memory, "ephemeral-storage": ephemeralStorageRequest ?? "64Mi" },
    limits: {
      ...(cpuLimit === undefined ? {} : { cpu: cpuLimit }),
      memory,
      "ephemeral-storage": ephemeralStorage,
    },
  });
}

function scalars(resources: {
  readonly requests?: Readonly<Record<string, string>>;
  readonly limits?: Readonly<Record<string, string>>;
}): Pick<Demand, "requests" | "limits"> {
  const numbers = (of: Readonly<Record<string, string>> = {}): Record<string, number> =>
    Object.fromEntries(Object.entries(of).map(([name, quantity]) => [name, amountOf(quantity)]));
  return { requests: numbers(resources.requests), limits: numbers(resources.limits) };
}
