/** Lets pieces of work run one after another, in the order in which they came. */
export class Turns {
  #last: Promise<void> = Promise.resolve();

  /**
   * Runs the work when those before it have ended.
   *
   * @param work may call `release` to let the next one start before it has ended itself
   */
  async take<T>(work: (release: () => void) => Promise<T>): Promise<T> {
    const before = this.#last;
    let release = (): void => undefined;
    this.#last = new Promise((resolve) => {
      release = resolve;
    });
    await before;
    try {
      return await work(release);
    } finally {
      release();
    }
  }
}
