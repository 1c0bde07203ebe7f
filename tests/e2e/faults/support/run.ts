import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { expect } from "vitest";

import { until } from "../../support/until.ts";
import type { Checkout } from "../../../../dev/checkout.ts";
import type { Pod } from "./pod.ts";
import type { Up } from "./up.ts";

/** A round as the run's record has it. */
export interface Round {
  readonly round: number;
  readonly replies: readonly number[];
  readonly failures: readonly { readonly partition: number; readonly reason: string }[];
}

/** The parts of a federation that a run needs. */
interface Surroundings {
  /** The checkout that reads the stack's result. */
  readonly checkout: Pick<Checkout, "result">;
  /** Follows the run by a new `pulumi up`. */
  follow(): Promise<Up>;
  /** Folder of the server's volume, as the host sees it. */
  volume(): Promise<string>;
}

/** A run that has begun, and the `pulumi up` that follows it. */
export class Run {
  /** When the run began, in milliseconds since 1970. */
  readonly began = Date.now();

  constructor(
    private readonly federation: Surroundings,
    readonly up: Up,
    readonly server: Pod,
    readonly id: string,
  ) {}

  /** Follows this run by a new `pulumi up`. */
  async followedAgain(): Promise<Run> {
    return new Run(this.federation, await this.federation.follow(), this.server, this.id);
  }

  /** Folder of the run on the server's volume, as the host sees it. */
  async folder(): Promise<string> {
    return join(await this.federation.volume(), "runs", this.id);
  }

  /** Lets a run whose setting `gate` is "." begin these rounds. */
  async open(...rounds: number[]): Promise<void> {
    const folder = join(await this.folder(), "work");
    await until(folder, () => Promise.resolve(existsSync(folder) || undefined));
    for (const round of rounds) await writeFile(join(folder, String(round)), "");
  }

  /** Reads the record of the rounds. */
  async rounds(): Promise<Round[]> {
    const text = await readFile(join(await this.folder(), "metrics.jsonl"), "utf8");
    return text
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Round);
  }

  /** Waits until a round is finished after `since`; returns the time in milliseconds. */
  finished(round: number | "any", since = 0): Promise<number> {
    const number = round === "any" ? "\\d+" : String(round);
    return this.server.said(new RegExp(`^round ${number}: `), since);
  }

  /**
   * Expects the run to end completed, with the sha256 of a run that nothing disturbed, each round
   * with its quorum and recorded once, and at most one round done twice.
   */
  async completes(modelSha256: string, { rounds = 3, quorum = 3 } = {}): Promise<Round[]> {
    expect(await this.up.ended, this.up.said).toBe(0);
    const result = await this.federation.checkout.result();
    expect(result).toMatchObject({ id: this.id, state: "completed", rounds, modelSha256 });
    const record = await this.rounds();
    const numbers = Array.from({ length: rounds }, (_, index) => index + 1);
    expect(record.map(({ round }) => round)).toEqual(numbers);
    for (const { replies } of record) expect(replies.length).toBeGreaterThanOrEqual(quorum);
    const done = (await this.server.log())
      .map(({ text }) => /^round (\d+): /.exec(text)?.[1])
      .filter((number) => number !== undefined);
    expect(done.length - new Set(done).size, done.join(" ")).toBeLessThanOrEqual(1);
    return record;
  }

  /** Expects the run to end completed, with the sha256 of a run that nothing disturbed. */
  async ends(modelSha256: string): Promise<void> {
    expect(await this.up.ended, this.up.said).toBe(0);
    const result = { id: this.id, state: "completed", rounds: 3, modelSha256 };
    expect(await this.federation.checkout.result()).toMatchObject(result);
  }

  /** Expects `up` to end with this sentence and exit code 1. */
  async fails(sentence: string | RegExp): Promise<void> {
    expect(await this.up.ended, this.up.said).toBe(1);
    expect(this.up.reason()).toMatch(sentence);
  }
}
