import type { Status } from "../../contract/status.ts";
import type { Answer } from "../answer.ts";
import { isFolder } from "../compare/runView.ts";
import { connectTo, type Connection } from "../connection.ts";
import { Fault } from "../fault.ts";
import { chosen, isLive, keptRuns } from "../keptRun.ts";
import { LivePage } from "../page/livePage.ts";
import { page } from "../page/page.ts";
import { pageRun, pageRunOfFolder, type PageRun } from "../page/pageRun.ts";
import { interruption, serve } from "../page/serve.ts";
import { writePage } from "../page/writePage.ts";
import { placeOf, type PlaceOptions } from "../place.ts";
import { bytesText } from "../quantities.ts";
import { resultOf } from "../result.ts";
import { readText } from "../results/readText.ts";
import { ServerFiles } from "../results/serverFiles.ts";

/** Options of `report`. */
export interface ReportOptions extends PlaceOptions {
  /** File of the page. @default report-<run>.html */
  readonly out?: string;
  /** Whether to serve the page while the run goes on. */
  readonly live?: true;
}

/**
 * Writes the page of a run, or serves it while the run goes on.
 * @param target folder of results, or beginning of a run's id; undefined: the run of the server
 */
export async function report(options: ReportOptions, target: string | undefined): Promise<Answer> {
  if (target !== undefined && (await isFolder(target))) {
    if (options.live !== true) return written(await pageRunOfFolder(target), options.out);
    const what = `${target} is a folder of results, which do not change`;
    throw new Fault("usage", what, "leave out --live");
  }
  const connection = connectTo(await placeOf(options));
  const kept = await keptRuns(connection);
  const run = chosen(kept, target);
  if (options.live !== true) return written(await read(connection, run.id, run.state), options.out);
  if (!isLive(kept, run)) {
    throw new Fault(
      "failed",
      `run ${run.id} is ${run.state}, and does not change`,
      "leave out --live",
    );
  }
  await serve(new LivePage(() => read(connection, run.id, run.state)), {
    goesOn: async () => {
      const status = await connection.status.read();
      // Null while the server's pod is replaced.
      return status === null || goesOn(status, run.id);
    },
    stopped: interruption(),
    print: (line) => process.stderr.write(`${line}\n`),
  });
  return written(await read(connection, run.id, run.state), options.out);
}

/** Reads a run from the server's volume. While it goes on its files are not listed: they change. */
async function read(connection: Connection, run: string, state: string): Promise<PageRun> {
  const source = new ServerFiles(connection.port);
  const status = await connection.status.read();
  const text = (path: string): Promise<string | null> => readText(source, run, path);
  if (status !== null && goesOn(status, run)) {
    return pageRun({ run, state: status.state, files: [], status }, text);
  }
  const end = status?.run === run ? resultOf(status).state : state;
  return pageRun({ run, state: end, files: (await source.list(run))?.files ?? [] }, text);
}

function goesOn({ run, state }: Status, wanted: string): boolean {
  return run === wanted && (state === "waiting" || state === "running");
}

/** Writes the page into a file. */
async function written(run: PageRun, out = `report-${run.run}.html`): Promise<Answer> {
  const bytes = await writePage(await page(run), out);
  return {
    document: { run: run.run, state: run.state, file: out, bytes },
    lines: [
      `run ${run.run}, ${run.state}: its page is ${out} (${bytesText(bytes)}), open it in a browser`,
    ],
  };
}
