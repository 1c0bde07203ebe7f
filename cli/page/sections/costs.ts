import type { Comparison, ComparedRun } from "../../compare/comparison.ts";
import { spreadOf } from "../../compare/spread.ts";
import { labelsOf } from "../../compare/words.ts";
import { bytesText } from "../../quantities.ts";
import { html, type Html } from "../html.ts";
import { shortSeconds } from "../shortSeconds.ts";
import { tableOf } from "../tables.ts";

const HEAD = ["letter", "rounds", "time", "a round", "CPU", "memory", "received", "sent"];

/** Shows what each run has cost. */
export function costs({ runs, groups }: Comparison): Html {
  const means = groups.filter(({ length }) => length > 1).map((places) => meanOf(runs, places));
  return html`<section>
    <h2>Cost</h2>
    ${tableOf("Cost of the runs", HEAD, runs.map(row))} ${means.map((text) => html`<p>${text}</p>`)}
    <p class="soft">
      A round is the median. CPU and bytes are sums of all clients; memory is the most that one has
      had.
    </p>
  </section>`;
}

function row({ label, cost }: ComparedRun): string[] {
  const seconds = (value: number | null): string => (value === null ? "-" : shortSeconds(value));
  const bytes = (value: number | null): string => (value === null ? "-" : bytesText(value));
  const { rounds, seconds: all, round, cpu, memory, received, sent } = cost;
  return [
    ...[label, String(rounds), seconds(all), seconds(round), seconds(cpu)],
    ...[bytes(memory), bytes(received), bytes(sent)],
  ];
}

/** Sentence on the time that equal runs took. */
function meanOf(runs: readonly ComparedRun[], places: readonly number[]): string {
  const own = places.flatMap((at) => runs[at] ?? []);
  const parts = [
    ["time", own.map(({ cost }) => cost.seconds)],
    ["CPU", own.flatMap(({ cost }) => cost.cpu ?? [])],
  ] as const;
  const texts = parts.flatMap(([name, values]) => {
    const { mean = 0, deviation = null } = spreadOf(values) ?? {};
    return deviation === null ? [] : [`${name} ${mean.toFixed(1)} ± ${deviation.toFixed(1)} s`];
  });
  return `Mean of ${labelsOf(runs, places)}: ${texts.join(", ")}.`;
}
