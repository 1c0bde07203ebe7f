/** Mean and deviation of some values. */
export interface Spread {
  readonly mean: number;
  /** Sample standard deviation, by n - 1; null of one value. */
  readonly deviation: number | null;
  /** Number of values. */
  readonly count: number;
}

/** Computes mean and deviation; null where there is no value, or one that is no finite number. */
export function spreadOf(values: readonly number[]): Spread | null {
  const count = values.length;
  if (count === 0 || !values.every(Number.isFinite)) return null;
  const sum = (all: readonly number[]): number => all.reduce((a, b) => a + b, 0);
  const mean = sum(values) / count;
  const squares = sum(values.map((value) => (value - mean) ** 2));
  return { mean, deviation: count === 1 ? null : Math.sqrt(squares / (count - 1)), count };
}
