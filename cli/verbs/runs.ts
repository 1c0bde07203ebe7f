import type { KeptRun } from "../../contract/status.ts";
import type { Answer } from "../answer.ts";
import { connectTo } from "../connection.ts";
import { keptRuns, type KeptRuns } from "../keptRun.ts";
import type { Place } from "../place.ts";
import { bytesText, metricText, timeText } from "../quantities.ts";
import { table } from "../table.ts";

/** Lists all runs on the volume. */
export async function runs(place: Place): Promise<Answer> {
  return runsAnswer(await keptRuns(connectTo(place)));
}

/** Shows runs with the settings in which they differ; the server works on the one with a star. */
export function runsAnswer({ runs: all, status }: KeptRuns): Answer {
  const best = bestOf(all);
  const document = { current: status.run, best: best?.id ?? null, runs: all };
  if (all.length === 0) return { document, lines: ["no run is on the volume yet"] };
  const keys = differing(all);
  const head = ["run", "state", "rounds", "accuracy", "loss", "size", "started", "ended", ...keys];
  const rows = all.map((run) => [
    `${run.id}${run.id === status.run ? " *" : ""}`,
    run.id === status.run && run.state === "unfinished" ? status.state : run.state,
    run.rounds.toString(),
    metricText(run.accuracy, 4),
    metricText(run.loss, 4),
    bytesText(run.bytes),
    timeText(run.started),
    timeText(run.ended),
    ...keys.map((key) => settingText(flat(run)[key])),
  ]);
  const reasons = all.flatMap(({ id, reason }) => (reason === null ? [] : [`${id}: ${reason}`]));
  const praise = best === null ? [] : [`best: ${best.id}, by its ${best.by}`];
  return { document, lines: [...table(head, rows), ...praise, ...reasons] };
}

/**
 * Finds the run whose model has the highest accuracy; where none has one, the lowest loss. The earliest
 * of equals; null when nothing was measured.
 */
function bestOf(all: readonly KeptRun[]): { id: string; by: "accuracy" | "loss" } | null {
  const models = all.filter(({ modelSha256 }) => modelSha256 !== null);
  for (const [by, sign] of [
    ["accuracy", 1],
    ["loss", -1],
  ] as const) {
    // NaN and infinities are texts, and no model is best by them.
    const measured = models.flatMap(({ id, [by]: value }) =>
      typeof value === "number" ? [{ id, by, rank: sign * value }] : [],
    );
    const [best] = measured.sort((a, b) => b.rank - a.rank);
    if (best !== undefined) return best;
  }
  return null;
}

/** Settings of a run; those of the app's run config have names like `runConfig.alpha`. */
function flat({ spec }: KeptRun): Record<string, unknown> {
  const { runConfig = {}, ...own } = (spec ?? {}) as { runConfig?: object };
  const inner = Object.entries(runConfig).map(([key, value]) => [
    `runConfig.${key}`,
    value as unknown,
  ]);
  return { ...own, ...Object.fromEntries(inner) } as Record<string, unknown>;
}

/** Names of the settings that are not the same in all runs that have a record. */
function differing(all: readonly KeptRun[]): string[] {
  const settings = all.filter(({ spec }) => spec !== null).map(flat);
  const keys = new Set(settings.flatMap((one) => Object.keys(one)));
  return [...keys].filter((key) => new Set(settings.map((one) => settingText(one[key]))).size > 1);
}

function settingText(value: unknown): string {
  if (value === undefined || value === null) return "-";
  return typeof value === "string" ? value : JSON.stringify(value);
}
