/** A piece of work that is shown while it goes on. */
interface Job {
  readonly what: string;
  readonly start: number;
}

const SECONDS_BETWEEN_LINES = 30;

const jobs = new Set<Job>();
let timer: NodeJS.Timeout | undefined;
let forecast: (() => string) | undefined;

/**
 * Shows a piece of work on stderr, so that stdout stays clean: a line when it starts and one when it is done. While
 * anything goes on, one line every 30 seconds names all that does.
 *
 * @param what the work as a person calls it, in the -ing form: "building CoreDNS"
 */
export async function progress<T>(what: string, work: () => Promise<T>): Promise<T> {
  const job = { what, start: Date.now() };
  say(`${what} …`);
  jobs.add(job);
  timer ??= setInterval(() => {
    say(runningLine());
  }, SECONDS_BETWEEN_LINES * 1000);
  try {
    const result = await work();
    say(`${what}: done in ${elapsedSince(job.start)}`);
    return result;
  } finally {
    jobs.delete(job);
    if (jobs.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
  }
}

/** Adds a forecast such as "3 of 5 are ready, about 4 minutes left" to the lines on running work, until `work` ends. */
export async function withForecast<T>(text: () => string, work: () => Promise<T>): Promise<T> {
  forecast = text;
  try {
    return await work();
  } finally {
    forecast = undefined;
  }
}

/** Prints one line for the person at the terminal, on stderr. */
export function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

function runningLine(): string {
  const running = [...jobs].map(({ what, start }) => `${what} … ${elapsedSince(start)}`).join(", ");
  return forecast ? `${running} (${forecast()})` : running;
}

function elapsedSince(start: number): string {
  const seconds = (Date.now() - start) / 1000;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.floor(seconds % 60)} s`;
}
