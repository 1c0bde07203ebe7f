import { ARMS, type Told } from "./measured.ts";

/** Says that a job is done, and how long the bench has taken so far. */
export function done({ workload, arm }: Told): void {
  const seconds = Math.round(process.uptime());
  const clock = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  console.error(`${clock} ${workload}, ${ARMS[arm]}: done`);
}
