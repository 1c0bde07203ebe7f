import type { ClusterCheck } from "../check.ts";
import { fault, ok, warning } from "../finding.ts";

/** Seconds between the two clocks that harm nothing, and those that break logins. */
const LIMIT = { fine: 10, login: 300 } as const;
const REMEDY = "set this machine's clock: sudo timedatectl set-ntp true";

/** Checks this machine's clock against the API server's. */
export const clock: ClusterCheck = {
  name: "clock",
  run: async ({ cluster }) => {
    const before = Date.now();
    const { now } = await cluster.get("/version", 4.5);
    return clockFinding(now, before, Date.now());
  },
};

/**
 * Compares clocks, in milliseconds.
 * @param server the server's, in whole seconds, rounded down
 * @param before this machine's when it asked
 * @param after this machine's when the answer was there
 */
export function clockFinding(server: number, before: number, after: number) {
  const early = before - (server + 999);
  const late = server - after;
  const seconds = Math.round(Math.max(0, early, late) / 1000);
  if (seconds <= LIMIT.fine) return ok("this machine's clock and the API server's agree");
  const text = `this machine's clock is ${seconds} s ${early > late ? "ahead of" : "behind"} the API server's`;
  return seconds < LIMIT.login
    ? warning(text, REMEDY)
    : fault(`${text}: certificates and logins seem expired, or not valid yet`, REMEDY);
}
