import type { Arm, Job } from "./measured.ts";

type Workload = Omit<Job, "arm">;

const load = { app: "bench/load", floats: 1000 };
const pair = { ...load, clients: 2, evaluate: false };

const floor = (clients: number, rounds: number): Workload => ({
  ...load,
  workload: `floor, ${clients} clients`,
  clients,
  rounds,
});
const small: Workload = { ...pair, workload: "47 MB, 2 clients", floats: 11_750_000, rounds: 6 };
const large: Workload = {
  ...pair,
  workload: "440 MB, 2 clients",
  floats: 110_000_000,
  arrays: 20,
  rounds: 3,
};
const vision: Workload = { workload: "default app", app: "app/vision", clients: 2, rounds: 2 };
const killed: Workload = {
  ...pair,
  workload: "killed client",
  rounds: 1,
  pause: 10,
  kill: true,
};

/** Each arm in turn, `times` times. */
function turns(times: number, work: Workload, ...arms: Arm[]): Job[] {
  return Array.from({ length: times }, () => arms.map((arm) => ({ ...work, arm }))).flat();
}

/**
 * All jobs in their order: first what needs no cluster, as that takes a little of the machine all the time.
 * SuperLink takes 12 s for a round of any model, and start_server two minutes until 64 clients have joined: a few
 * rounds show the one, 16 clients the other.
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
  // As late as can be: the load of so many processes lasts.
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

/** The jobs whose workload has one of the words in its name, by one of the arms. */
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
