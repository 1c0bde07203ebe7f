/** Lays out rows in columns that are two spaces apart; numbers are aligned at the right. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const right = head.map((_, column) =>
    rows.every((row) =>
      /^(-|nan|-?inf|[\d.+−-]+( ± [\d.]+)?( ?[kMGT]?B| s| %)?)$/.test(row[column] ?? "-"),
    ),
  );
  return all.map((row) =>
    row
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        return right[column] ? cell.padStart(width) : cell.padEnd(width);
      })
      .join("  ")
      .trimEnd(),
  );
}
