import { Refused, TooLate, reasonOf, within } from "../../kube/errors.ts";
import { oneLine } from "../../kube/oneLine.ts";
import { Fault, faultOf } from "../fault.ts";
import type { Check, ClusterCheck } from "./check.ts";
import { unchecked, type Finding } from "./finding.ts";
import type { Machine } from "./machine.ts";
import type { Patient } from "./patient.ts";

/** Deadline of a check that names none, in seconds. */
const SECONDS = 5;

/** Finding under the name of its check. */
export interface Named extends Finding {
  readonly name: string;
}

/**
 * Runs all checks side by side; each has its deadline. Where the cluster is not reached, its other
 * checks are not waited for.
 * @param contact check that tells whether the cluster is reached
 * @param patient the cluster, or why there is none
 */
export async function examine(
  checks: readonly Check[],
  contact: ClusterCheck,
  machine: Machine,
  patient: Patient | Finding,
): Promise<Named[]> {
  const reached = "state" in patient ? Promise.resolve(patient) : outcome(contact, patient);
  const lost = reached.then((found) => {
    if (found.unreached !== true) return new Promise<never>(() => undefined);
    return unchecked("the cluster is not reached");
  });
  const one = async (check: Check): Promise<Finding> => {
    if (check.local === true) return timed(check, SECONDS, check.run(machine));
    if (check === contact) return reached;
    if ("state" in patient) return lost;
    if (check.makes === true) {
      return (await reached).unreached === true ? lost : outcome(check, patient);
    }
    const found = outcome(check, patient).then(async (finding) =>
      // The cluster may be the one thing that it lacks.
      finding.state === "unchecked" && (await reached).unreached === true ? lost : finding,
    );
    return Promise.race([lost, found]);
  };
  return Promise.all(checks.map(async (check) => ({ name: check.name, ...(await one(check)) })));
}

function outcome(check: ClusterCheck, patient: Patient): Promise<Finding> {
  return timed(check, check.seconds ?? SECONDS, check.run(patient));
}

async function timed({ name }: Check, seconds: number, work: Promise<Finding>): Promise<Finding> {
  try {
    return await within(work, seconds, `${name}: no answer`);
  } catch (error) {
    return unseen(error);
  }
}

/**
 * Tells an error of a check: what it looks at is not known.
 * @throws Fault when the user has stopped it
 */
function unseen(error: unknown): Finding {
  if (error instanceof Fault && error.code === "interrupted") throw error;
  if (error instanceof Fault) return unchecked(error.what, error.remedy);
  if (error instanceof TooLate) return unchecked(error.message);
  if (error instanceof Refused && error.code === 403) {
    return unchecked(`you may not look at it: ${oneLine(forbidden(error), 200)}`);
  }
  const { what, remedy } = faultOf(new Error(oneLine(reasonOf(error))));
  return unchecked(what, what === oneLine(reasonOf(error)) ? null : remedy);
}

/** The API server's own words for a refusal. */
function forbidden({ message }: Refused): string {
  const [words = ""] = message.replace(/^the API server answers \d+: /, "").split(" — ");
  return words.replace(/^.*? is forbidden: /, "");
}
