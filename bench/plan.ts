import type { Arm, Job } from "./measured.ts";

type Workload = Omit<Job, "arm">;

const LOAD = { app: "bench/load", floats: 1000 };
const PAIR = { ...LOAD, clients: 2, evaluate: false };

const floor = (clients: number, rounds: number): Workload => ({
  ...LOAD,
  workload: `floor, ${clients} clients`,
  clients,
  rounds,
});
const small: Workload = { ...PAIR, workload: "47 MB, 2 clients", floats: 11_750_000, rounds: 6 };
const large: Workload = {
  ...PAIR,
  workload: "440 MB, 2 clients",
  floats: 110_000_000,
  arrays: 20,
  rounds: 3,
};
const vision: Workload = { workload: "default app", app: "app/vision", clients: 2, rounds: 2 };
const killed: Workload = {
  ...PAIR,
  workload: "killed client",
  rounds: 1,
  pause: 10,
  kill: true,
};

/** Repeats a workload `times` times, each time by all arms in turn. */
function turns(times: number, work: Workload, ...arms: Arm[]): Job[] {
  return Array.from({ length: times }, () => arms.map((arm) => ({ ...work, arm }))).flat();
}

/**
 * All jobs in their order. Those without a cluster come first, as a cluster always takes a little of the machine. SuperLink
 * takes 12 s for a round of any model, so it runs a few rounds only; start_server takes two minutes until 64 clients have
 * joined, so it runs with at most 16.
 */
export const PLAN: readonly Job[] = [
  ...turns(4, floor(2, 400), "kubeflower", "start_server", "secured"),
  ...turns(2, small, "kubeflower", "start_server", "secured"),
  ...turns(1, floor(4, 200), "kubeflower", "start_server"),
  ...turns(1, floor(16, 100), "kubeflower", "start_server"),
  ...turns(1, large, "kubeflower"),
  ...turns(1, { ...large, rounds: 2 }, "start_server"),
  ...turns(1, killed, "kubeflower", "start_server", "SuperLink"),
  ...turns(1, vision, "kubeflower", "SuperLink"),
  ...turns(1, floor(2, 3), "SuperLink"),
  ...turns(1, floor(2, 10), "simulation"),
  // The load of so many processes lasts, so this job is the last without a cluster.
  ...turns(1, floor(64, 20), "kubeflower"),
  ...turns(
    2,
    { ...floor(2, 400), workload: "floor, 2 clients, cluster up" },
    "kubeflower",
    "cluster",
  ),
  ...turns(1, floor(16, 100), "cluster"),
  ...turns(1, small, "cluster"),
  ...turns(1, killed, "cluster"),
  ...turns(1, vision, "cluster"),
  ...turns(1, { ...floor(100, 10), workload: "100 clients" }, "cluster"),
];

/** Selects jobs by words in the name of their workload, and by arms; undefined selects all. */
export function chosen(
  plan: readonly Job[],
  words: readonly string[] | undefined,
  arms: readonly string[] | undefined,
): Job[] {
  return plan.filter(
    ({ workload, arm }) =>
      (words?.some((word) => workload.includes(word)) ?? true) && (arms?.includes(arm) ?? true),
  );
}
