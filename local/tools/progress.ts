/** Prints `what` when it starts, every 15 seconds while it goes on, and when it is done; on stderr, so stdout stays clean. */
export async function progress<T>(what: string, work: () => Promise<T>): Promise<T> {
  const start = Date.now();
  const elapsed = (): string => {
    const seconds = (Date.now() - start) / 1000;
    return seconds < 60
      ? `${seconds.toFixed(1)} s`
      : `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
  };
  say(`${what} …`);
  const timer = setInterval(() => {
    say(`${what} … ${elapsed()}`);
  }, 15_000);
  try {
    const result = await work();
    say(`${what}: done in ${elapsed()}`);
    return result;
  } finally {
    clearInterval(timer);
  }
}

/** One line to the person at the terminal. */
export function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
