import { NoContext } from "../../kube/errors.ts";
import type { Answer } from "../answer.ts";
import { connectTo } from "../connection.ts";
import { CHECKS } from "../doctor/checks.ts";
import { contact } from "../doctor/checks/contact.ts";
import { examine, type Named } from "../doctor/examine.ts";
import type { Finding, State } from "../doctor/finding.ts";
import { thisMachine } from "../doctor/machine.ts";
import { patientOf, type Patient } from "../doctor/patient.ts";
import { EXIT, Fault, faultOf } from "../fault.ts";
import { placeOf, standing, type Place, type PlaceOptions } from "../place.ts";
import { selectedStack } from "../selectedStack.ts";

const WORDS: Readonly<Record<State, string>> = {
  ok: "ok",
  warning: "warning",
  fault: "FAULT",
  unchecked: "not checked",
};

/**
 * Examines this machine, the cluster and the federation.
 * @param probe whether objects may be made in the cluster, which are removed again
 */
export async function doctor(options: PlaceOptions, probe: boolean): Promise<Answer> {
  const given = options.context !== undefined;
  const stack = given ? null : await selectedStack(standing(), process.env).catch(() => null);
  const settings = stack?.config ?? null;
  const place = await placeOf(options).catch((error: unknown) => faultOf(error));
  const patient = place instanceof Fault ? missing(place) : connect(place, settings ?? {}, probe);
  const found = await examine(CHECKS, contact, thisMachine(settings), patient);
  return doctorAnswer(place instanceof Fault ? null : place, found);
}

function connect(place: Place, settings: Patient["settings"], probe: boolean): Patient | Finding {
  try {
    return patientOf(connectTo(place), { place, settings, probe, say: console.error });
  } catch (error) {
    if (!(error instanceof NoContext)) throw error;
    return missing(faultOf(error));
  }
}

function missing({ what, remedy }: Fault): Finding {
  return { state: "fault", text: what, remedy, unreached: true };
}

/** Shows all findings, each with its remedy below it, and how many there are of each state. */
export function doctorAnswer(place: Place | null, found: readonly Named[]): Answer {
  const width = Math.max(...found.map(({ name }) => name.length));
  const state = Math.max(...Object.values(WORDS).map((word) => word.length));
  const lines = found.flatMap((one) => [
    `${WORDS[one.state].padEnd(state)}  ${one.name.padEnd(width)}  ${one.text}`,
    ...(one.remedy === null ? [] : [`${" ".repeat(state + width + 4)}→ ${one.remedy}`]),
  ]);
  const count = (wanted: State): number => found.filter((one) => one.state === wanted).length;
  return {
    document: {
      context: place?.context ?? null,
      namespace: place?.namespace ?? null,
      checks: found.map(({ name, state, text, remedy }) => ({ name, state, text, remedy })),
    },
    lines: [
      ...lines,
      "",
      `${count("ok")} ok, ${many(count("warning"), "warning")}, ${many(count("fault"), "fault")}, ${count("unchecked")} not checked`,
    ],
    code: exitCode(found),
  };
}

function many(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}

function exitCode(found: readonly Named[]): number {
  if (found.some(({ unreached }) => unreached === true)) return EXIT.unreached;
  return found.some(({ state }) => state === "fault") ? EXIT.failed : 0;
}
