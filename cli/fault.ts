import { NoContext, Refused, TooLate, Unreachable, reasonOf } from "../kube/errors.ts";
import { oneLine } from "../kube/oneLine.ts";

/** Kind of a verb's failure. */
export type FaultCode = "failed" | "unreached" | "refused" | "timeout" | "usage" | "interrupted";

/** Exit code of the process by kind of failure; 0 is none. */
export const EXIT: Readonly<Record<FaultCode, number>> = {
  failed: 1,
  unreached: 2,
  refused: 2,
  timeout: 3,
  usage: 64,
  interrupted: 130,
};

/** Remedy of a failure that names none. */
const REMEDIES: Readonly<Record<FaultCode, string>> = {
  failed: "look at `kubeflower status`",
  unreached: "check that the cluster is up, then try again",
  refused: "ask for that right, or use another context",
  timeout: "try again, and look at `kubeflower status` if it stays so",
  usage: "see `kubeflower --help`",
  interrupted: "run it again",
};

/** Failure of a verb: one sentence for people, and an envelope for programs. */
export class Fault extends Error {
  constructor(
    readonly code: FaultCode,
    /** Text of what is wrong, with its value. */
    readonly what: string,
    /** Text of what to do. */
    readonly remedy: string,
  ) {
    super(`${what} — ${remedy}`);
  }

  /** The error envelope, see schemas/error.json. */
  envelope(): object {
    return { code: this.code, cause: this.what, remedy: this.remedy };
  }
}

/** Makes a fault of any error: its sentence is split where its remedy begins. */
export function faultOf(error: unknown): Fault {
  if (error instanceof Fault) return error;
  const [what = "", ...rest] = oneLine(reasonOf(error), 2000).split(" — ");
  const code = codeOf(error);
  const known = error instanceof Unreachable ? error.remedy : undefined;
  return new Fault(code, what, rest.length > 0 ? rest.join(" — ") : (known ?? REMEDIES[code]));
}

function codeOf(error: unknown): FaultCode {
  if (error instanceof NoContext || error instanceof Unreachable) return "unreached";
  if (error instanceof Refused) return [401, 403].includes(error.code) ? "refused" : "unreached";
  if (error instanceof TooLate) return "timeout";
  return error instanceof Error && error.cause !== undefined ? codeOf(error.cause) : "failed";
}
