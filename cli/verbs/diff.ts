import type { Answer } from "../answer.ts";
import { comparisonOf, MOST_RUNS, type Comparison } from "../compare/comparison.ts";
import { comparisonLines } from "../compare/lines.ts";
import { isFolder, viewOfFolder, viewOfRun, type RunView } from "../compare/runView.ts";
import { Fault } from "../fault.ts";
import { placeOf, type PlaceOptions } from "../place.ts";
import { bytesText } from "../quantities.ts";

/** Options of `diff`. */
export interface DiffOptions extends PlaceOptions {
  /** File of the page. @default none is written */
  readonly out?: string;
}

/**
 * Compares runs, each a folder of results or a run on the volume.
 * @throws Fault when there are too many, or one cannot be read
 */
export async function diff(options: DiffOptions, targets: readonly string[]): Promise<Answer> {
  if (targets.length > MOST_RUNS) {
    const what = `there are ${targets.length} runs`;
    throw new Fault("usage", `${what} — allowed: at most ${MOST_RUNS}`, "name fewer");
  }
  const folders = await Promise.all(targets.map(isFolder));
  const open = folders.every(Boolean) ? null : await volume(options);
  const read = async (text: string, at: number): Promise<RunView> =>
    folders[at] === true || open === null ? viewOfFolder(text) : open(text);
  const comparison = comparisonOf(await Promise.all(targets.map(read)));
  const { document, lines } = diffAnswer(comparison);
  if (options.out === undefined) return { document, lines };
  const bytes = await written(comparison, options.out);
  const said = `the page of these runs is ${options.out} (${bytesText(bytes)}), open it in a browser`;
  return { document: { ...document, file: options.out, bytes }, lines: [...lines, "", said] };
}

/** Makes a reader of runs on the volume; loaded late, as folders need no cluster. */
async function volume(options: PlaceOptions): Promise<(id: string) => Promise<RunView>> {
  const { connectTo } = await import("../connection.ts");
  const { chosen, keptRuns } = await import("../keptRun.ts");
  const { ServerFiles } = await import("../results/serverFiles.ts");
  const connection = connectTo(await placeOf(options));
  const kept = await keptRuns(connection);
  const files = new ServerFiles(connection.port);
  return (text) => {
    const { id, state } = chosen(kept, text);
    return viewOfRun(files, id, state);
  };
}

/** Writes the page; loaded late, as Vega is large. */
async function written(comparison: Comparison, out: string): Promise<number> {
  const { comparisonPage } = await import("../page/comparisonPage.ts");
  const { writePage } = await import("../page/writePage.ts");
  return writePage(await comparisonPage(comparison), out);
}

/** Shows what runs do not have in common, and their curves. */
export function diffAnswer(comparison: Comparison): Answer {
  const { runs, groups, settings, partitions, files, series, hasSameModel } = comparison;
  return {
    document: {
      runs: runs.map(({ label, view, cost, sha256 }) => ({
        label,
        run: view.run,
        from: view.from,
        state: view.state,
        model_sha256: sha256,
        cost,
      })),
      groups: groups.map((places) => places.map((at) => runs[at]?.label)),
      settings,
      partitions,
      files,
      metrics: series,
      same_model: hasSameModel,
    },
    lines: comparisonLines(comparison),
  };
}
