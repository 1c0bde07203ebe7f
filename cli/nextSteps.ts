import type { Status } from "../contract/status.ts";

const RESULTS = "npx kubeflower results — the model and all else, here";
const REPORT = "npx kubeflower report — one page of it";
const EVENTS = "npx kubeflower events — what happened";
const LOGS = "npx kubeflower logs — what the pods printed";
const STATUS = "npx kubeflower status — how far it is";

/** Tells, in one line, what one types next: for a run that is over, or that is followed no further. */
export function nextSteps(state: Status["state"]): string {
  const steps = {
    completed: [RESULTS, REPORT],
    failed: [EVENTS, LOGS, REPORT],
    running: [STATUS, EVENTS],
    waiting: [STATUS, EVENTS],
  }[state];
  return `next: ${steps.join("; ")}`;
}
