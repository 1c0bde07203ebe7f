import type { Answer } from "../answer.ts";
import {
  filesBetween,
  partitionsBetween,
  roundsOf,
  settingsBetween,
  type Difference,
  type Point,
} from "../compare/differences.ts";
import { isFolder, viewOfFolder, viewOfRun, type RunView } from "../compare/runView.ts";
import { placeOf, type PlaceOptions } from "../place.ts";
import { metricText } from "../quantities.ts";
import { table } from "../table.ts";

/** Longest text of a value in a table, in characters. */
const LONGEST = 48;

/** Compares two runs, each a folder of results or a run on the volume. */
export async function diff(options: PlaceOptions, a: string, b: string): Promise<Answer> {
  const folders = await Promise.all([a, b].map(isFolder));
  const open = folders.every(Boolean) ? null : await volume(options);
  const read = async (text: string, isHere = false): Promise<RunView> => {
    if (isHere || open === null) return viewOfFolder(text);
    return open(text);
  };
  const [left, right] = await Promise.all([read(a, folders[0]), read(b, folders[1])]);
  return diffAnswer(left, right);
}

/** Makes a reader of runs on the volume; loaded late, as folders need no cluster. */
async function volume(options: PlaceOptions): Promise<(id: string) => Promise<RunView>> {
  const { connectTo } = await import("../connection.ts");
  const { chosen, keptRuns } = await import("../keptRun.ts");
  const { ServerFiles } = await import("../results/serverFiles.ts");
  const connection = connectTo(await placeOf(options));
  const kept = await keptRuns(connection);
  const files = new ServerFiles(connection.port);
  return (id) => viewOfRun(files, chosen(kept, id).id);
}

/** Shows what two runs do not have in common, and their curves. */
export function diffAnswer(a: RunView, b: RunView): Answer {
  const settings = settingsBetween(a, b);
  const partitions = partitionsBetween(a, b);
  const files = filesBetween(a, b);
  const rounds = roundsOf(a, b);
  const [modelA = null, modelB = null] = [a, b].map(({ result }) => result?.modelSha256);
  const same = modelA !== null && modelA === modelB;
  const curves = rounds.map((pair) => [
    pair.round.toString(),
    ...cells(pair.a, pair.b, "accuracy"),
    ...cells(pair.a, pair.b, "loss"),
    pair.a?.seconds.toFixed(1) ?? "-",
    pair.b?.seconds.toFixed(1) ?? "-",
  ]);
  const head = ["round", "accuracy A", "B", "B - A", "loss A", "B", "B - A", "seconds A", "B"];
  const places = [a, b].map(({ run, from }) => ({ run, from }));
  return {
    document: { a: places[0], b: places[1], settings, partitions, files, rounds, same_model: same },
    lines: [
      `A: run ${a.run} (${a.from})`,
      `B: run ${b.run} (${b.from})`,
      `model: ${same ? "the same" : "different"} (${modelText(modelA)}, ${modelText(modelB)})`,
      ...section("setting", settings),
      ...(a.record === null || b.record === null
        ? ["settings of a run without a record are not known"]
        : []),
      ...section("partition", partitions),
      ...section("file", files),
      ...(curves.length === 0 ? [] : ["", ...table(head, curves)]),
    ],
  };
}

function section(name: string, differences: readonly Difference[]): string[] {
  if (differences.length === 0) return [`${name}s: no difference`];
  const rows = differences.map(({ key, a, b }) => [key, shown(a), shown(b)]);
  return ["", ...table([name, "A", "B"], rows)];
}

function cells(a: Point | null, b: Point | null, key: "accuracy" | "loss"): string[] {
  const [left, right] = [a?.[key], b?.[key]];
  const isBoth = typeof left === "number" && typeof right === "number";
  const change = isBoth ? right - left : undefined;
  const sign = change !== undefined && change > 0 ? "+" : "";
  return [
    metricText(left, 4),
    metricText(right, 4),
    change === undefined ? "-" : `${sign}${change.toFixed(4)}`,
  ];
}

function modelText(sha256: string | null): string {
  return sha256 === null ? "none" : sha256.slice(0, 12);
}

function shown(value: unknown): string {
  if (value === null || value === undefined) return "-";
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST - 1)}…`;
}
