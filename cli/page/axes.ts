/** Size of a chart by round. */
export const SIZE = { width: 340, height: 190 } as const;

/** Makes the axis of rounds, which are in order. */
export function roundAxis(rounds: readonly number[]): object {
  const [first = 1, last = 1] = [rounds[0], rounds.at(-1)];
  const edge = first === last ? 0.5 : 0;
  return {
    field: "round",
    type: "quantitative",
    title: "round",
    scale: { domain: [first - edge, last + edge], nice: false },
    axis: { values: ticks(first, last), format: "d", grid: false },
  };
}

/** Makes the axis of values. */
export function valueAxis(values: readonly number[]): object {
  return {
    field: "value",
    type: "quantitative",
    title: null,
    scale: { domain: domainOf(values), nice: true, zero: false },
    axis: { tickCount: 5 },
  };
}

/** Chooses as many rounds as there is room for, the last among them. */
export function thinned(rounds: readonly number[], room: number): ReadonlySet<number> {
  const step = Math.ceil(rounds.length / room);
  return new Set(rounds.filter((_, at) => (rounds.length - 1 - at) % step === 0));
}

/** Writes a value for who hovers over it. */
export function shown(value: number): string {
  return Number(value.toPrecision(4)).toString();
}

/** Whole rounds for the axis, at most eight. */
function ticks(first: number, last: number): number[] {
  const steps = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000];
  const step = steps.find((one) => (last - first) / one <= 7) ?? Math.ceil((last - first) / 7);
  const from = step === 1 ? first : Math.ceil(first / step) * step;
  return Array.from({ length: Math.floor((last - from) / step) + 1 }, (_, at) => from + at * step);
}

function domainOf(values: readonly number[]): [number, number] {
  const low = values.reduce((a, b) => Math.min(a, b), Infinity);
  const high = values.reduce((a, b) => Math.max(a, b), -Infinity);
  const edge = high > low ? 0.04 * (high - low) : Math.abs(high) * 0.1 || 1;
  return [low - edge, high + edge];
}
