import { bytesText, secondsText } from "../quantities.ts";

/** Milliseconds between two lines: on a terminal the line is written over. */
const BETWEEN = { terminal: 200, file: 5000 } as const;

/** Screen that progress is shown on. */
export interface Screen {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** Shows how much of a download is done, how fast it is and how long it will take. */
export class Progress {
  readonly #screen: Screen | null;
  readonly #now: () => number;
  readonly #begun: number;
  #total = 0;
  #done = 0;
  /** Bytes that were here before. */
  #before = 0;
  #shown: number;
  #isOnScreen = false;

  /**
   * @param screen null shows nothing
   * @param now clock in milliseconds
   */
  constructor(screen: Screen | null, now: () => number = Date.now) {
    this.#screen = screen;
    this.#now = now;
    this.#begun = this.#shown = now();
  }

  /** Bytes that are here by now. */
  get done(): number {
    return this.#done;
  }

  /** Begins with so many bytes in all. */
  begin(total: number): void {
    [this.#total, this.#done, this.#before] = [total, 0, 0];
  }

  /** Notes bytes that were here before. */
  found(bytes: number): void {
    this.#before += bytes;
    this.#done += bytes;
  }

  /** Notes bytes that have come, or, when they are negative, that were in vain. */
  came(bytes: number): void {
    this.#done += bytes;
    const terminal = this.#screen?.isTTY === true;
    const between = terminal ? BETWEEN.terminal : BETWEEN.file;
    if (this.#now() - this.#shown < between) return;
    this.#shown = this.#now();
    this.#isOnScreen = true;
    this.#screen?.write(terminal ? `\r${this.text()}\u001b[K` : `${this.text()}\n`);
  }

  /** Ends the line that is written over. */
  end(): void {
    if (this.#screen?.isTTY === true && this.#isOnScreen) this.#screen.write("\r\u001b[K");
  }

  /** Prints the progress like `120.0 MB of 441.0 MB  27 %  45.1 MB/s  7 s left`. */
  text(): string {
    const percent = this.#total === 0 ? 100 : Math.floor((100 * this.#done) / this.#total);
    const seconds = (this.#now() - this.#begun) / 1000;
    // The first moments tell nothing.
    const speed = seconds < 1 ? 0 : (this.#done - this.#before) / seconds;
    const left = speed > 0 ? [`${secondsText((this.#total - this.#done) / speed)} left`] : [];
    return [
      `${bytesText(this.#done)} of ${bytesText(this.#total)}`,
      `${percent} %`,
      ...(speed > 0 ? [`${bytesText(Math.round(speed))}/s`, ...left] : []),
    ].join("  ");
  }
}
