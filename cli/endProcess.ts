import { oneLine } from "../kube/oneLine.ts";

/**
 * Ends the process at once: open port-forwards and unanswered requests would keep it alive.
 * @param code exit code
 * @param reason last line of standard error; none when undefined
 */
export function endProcess(code: number, reason?: string): never {
  if (reason !== undefined) process.stderr.write(`${oneLine(reason, 2000)}\n`);
  process.exit(code);
}
