import { ARMS, type Sample } from "./measured.ts";

/** Prints that a job is done, and how long the bench has taken so far. */
export function showDone({ workload, arm }: Sample): void {
  const seconds = Math.round(process.uptime());
  const clock = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  console.error(`${clock} ${workload}, ${ARMS[arm]}: done`);
}
