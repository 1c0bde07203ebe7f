import { join } from "node:path";

import type { Answer } from "../answer.ts";
import { connectTo } from "../connection.ts";
import { Fault } from "../fault.ts";
import type { Federation } from "../federation.ts";
import { chosen, isLive, keptRuns } from "../keptRun.ts";
import type { Place } from "../place.ts";
import { fileOf, readLogs, textOf } from "../podLogs.ts";
import { bytesText } from "../quantities.ts";
import { keptRunLine } from "../report.ts";
import { fetchResults, PAGE, type Fetched } from "../results/fetch.ts";
import { Progress } from "../results/progress.ts";
import { ServerFiles } from "../results/serverFiles.ts";

/**
 * Fetches all files of a run.
 * @param wanted beginning of the run's id; undefined: the run that the server works on
 * @param out folder for the files; undefined: results/<run>
 */
export async function results(
  place: Place,
  wanted: string | undefined,
  out: string | undefined,
): Promise<Answer> {
  const connection = connectTo(place);
  const kept = await keptRuns(connection);
  const run = chosen(kept, wanted);
  const folder = out ?? join("results", run.id);
  const progress = new Progress(process.stderr);
  const live = isLive(kept, run);
  const state = live ? kept.status.state : run.state;
  const fetching = fetchResults({
    source: new ServerFiles(connection.port),
    run: run.id,
    state,
    live,
    folder,
    progress,
    // The pods are those of the run that the server works on.
    ...(run.id === kept.status.run ? { logs: () => podLogs(connection.federation) } : {}),
    page: async (files) => {
      // Loaded late: the library that draws is large.
      const [{ page }, { filesOf, pageRun }] = await Promise.all([
        import("../page/page.ts"),
        import("../page/pageRun.ts"),
      ]);
      return page(await pageRun({ run: run.id, state, files }, filesOf(folder)));
    },
  });
  const fetched = await Promise.race([fetching, interruption(progress)]);
  progress.end();
  return resultsAnswer(folder, keptRunLine({ ...run, state }), fetched);
}

async function podLogs(federation: Federation): Promise<{ name: string; text: string }[]> {
  const logs = await readLogs(federation, await federation.pods());
  return logs.map((log) => ({ name: fileOf(log), text: textOf(log) }));
}

/** Tells what is in the folder now. */
export function resultsAnswer(folder: string, title: string, fetched: Fetched): Answer {
  const { manifest, already, left_out } = fetched;
  const bytes = manifest.files.reduce((sum, file) => sum + file.bytes, 0);
  const model = manifest.files.find(({ path }) => path === "model.safetensors");
  const hasPage = manifest.files.some(({ path }) => path === PAGE);
  const here = already > 0 ? `, ${already} of them were here before` : "";
  return {
    document: { ...manifest, folder, bytes, already, left_out },
    lines: [
      title,
      `${manifest.files.length} files, ${bytesText(bytes)}${here}, are in ${folder}`,
      ...(model === undefined ? [] : [`model ${join(folder, model.path)}  sha256 ${model.sha256}`]),
      ...(hasPage ? [`look at it in a browser: ${join(folder, PAGE)}`] : []),
      ...left_out.map(({ path, reason }) => `left out: ${path}: ${reason}`),
      `check them at any time: kubeflower verify ${folder}`,
    ],
  };
}

/** Fails at Ctrl-C. Files need no tidying: what is written of each is right, and the next one goes on. */
function interruption(progress: Progress): Promise<never> {
  return new Promise((_, reject) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      process.once(signal, () => {
        progress.end();
        const what = `stopped at ${progress.text()}`;
        reject(new Fault("interrupted", what, "the same command goes on from there"));
      });
    }
  });
}
