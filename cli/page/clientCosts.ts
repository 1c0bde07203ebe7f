import type { Phase, RoundLine } from "../../contract/phase.ts";
import { medianOf } from "./quantile.ts";

/** Work of a client in a run, and its cost. */
export interface ClientCost {
  readonly partition: number;
  /** Messages that it was to answer. */
  readonly asked: number;
  /** Messages that it has answered well. */
  readonly answered: number;
  /** Seconds of work by kind of message: the median of all rounds. */
  readonly work: Readonly<Record<string, number>>;
  /** Seconds of transfer for one message and its reply: the median; null when not known. */
  readonly transfer: number | null;
  /** Seconds on a CPU in all. */
  readonly cpu: number;
  /** Most bytes of memory; null when not known. */
  readonly memory: number | null;
  /** Bytes that it was sent in all. */
  readonly received: number;
  /** Bytes that it has sent in all. */
  readonly sent: number;
}

/** Adds up what each client has done, by partition. Empty for runs of an older version. */
export function clientCosts(rounds: readonly RoundLine[]): ClientCost[] {
  const tallies = new Map<number, Tally>();
  for (const { phases = [] } of rounds) {
    for (const phase of phases) {
      phase.partition.forEach((partition, at) => {
        const tally = tallies.get(partition) ?? new Tally();
        tallies.set(partition, tally);
        tally.add(phase, at);
      });
    }
  }
  return [...tallies]
    .sort((a, b) => a[0] - b[0])
    .map(([partition, tally]) => tally.cost(partition));
}

/** Kinds of messages whose work is known, in their order. */
export function kindsOf(costs: readonly ClientCost[]): string[] {
  return [...new Set(costs.flatMap(({ work }) => Object.keys(work)))];
}

/** One client's numbers so far. */
class Tally {
  readonly #work = new Map<string, number[]>();
  readonly #transfers: number[] = [];
  #asked = 0;
  #answered = 0;
  #cpu = 0;
  #memory: number | null = null;
  #received = 0;
  #sent = 0;

  add(phase: Phase, at: number): void {
    this.#asked += 1;
    this.#answered += phase.good[at] === true ? 1 : 0;
    this.#cpu += phase.cpu[at] ?? 0;
    this.#received += phase.sent_bytes[at] ?? 0;
    this.#sent += phase.reply_bytes[at] ?? 0;
    const memory = phase.memory[at] ?? null;
    if (memory !== null) this.#memory = Math.max(this.#memory ?? 0, memory);
    const [sent, began, ended, replied] = [phase.sent, phase.began, phase.ended, phase.replied].map(
      (moments) => moments[at] ?? null,
    );
    if (typeof began !== "number" || typeof ended !== "number") return;
    const works = this.#work.get(phase.phase) ?? [];
    this.#work.set(phase.phase, [...works, ended - began]);
    if (typeof sent !== "number" || typeof replied !== "number") return;
    this.#transfers.push(Math.max(0, replied - sent - (ended - began)));
  }

  cost(partition: number): ClientCost {
    return {
      partition,
      asked: this.#asked,
      answered: this.#answered,
      work: Object.fromEntries([...this.#work].map(([kind, all]) => [kind, medianOf(all) ?? 0])),
      transfer: medianOf(this.#transfers) ?? null,
      cpu: this.#cpu,
      memory: this.#memory,
      received: this.#received,
      sent: this.#sent,
    };
  }
}
