/** Prints the seconds from a fault to each of the moments; all times are in milliseconds. */
export function figures(
  fault: string,
  at: number,
  moments: Readonly<Record<string, number | undefined>>,
): void {
  const parts = Object.entries(moments).map(([what, moment]) =>
    moment === undefined ? `${what} -` : `${what} ${((moment - at) / 1000).toFixed(2)} s`,
  );
  process.stdout.write(`fault: ${fault}: ${parts.join(", ")}\n`);
}
