/** Colours of lines, variables of the page's style, and dashes of those for which no colour is left. */
const HUES = 8;
const DASHES: readonly (readonly number[])[] = [[], [6, 3], [2, 3]];

/** Light and dark variant of each colour; all can be read on the page's paper. */
const VARIANTS: readonly (readonly [string, string])[] = [
  ["#0b57b0", "#6cb0ff"],
  ["#b3470a", "#ffa15c"],
  ["#17693a", "#6fd39a"],
  ["#8a2fa8", "#d09bf2"],
  ["#0f7c85", "#4fc3cc"],
  ["#b02330", "#ff8d95"],
  ["#6b5900", "#d6c04a"],
  ["#57606a", "#a3adba"],
];

/** Names a line's colour. */
export function hueOf(line: number): string {
  return `var(--hue${line % HUES})`;
}

/** Lengths of a line's dashes and gaps; none of one that is drawn through. */
export function dashOf(line: number): readonly number[] {
  return DASHES[Math.floor(line / HUES) % DASHES.length] ?? [];
}

/** Name of a line's class in a legend. */
export function classOf(line: number): string {
  return `line hue${line % HUES} dash${Math.floor(line / HUES) % DASHES.length}`;
}

/** Style of the colours, light or dark. */
export function hues(variant: 0 | 1): string {
  return VARIANTS.map((pair, at) => `--hue${at}: ${pair[variant]};`).join(" ");
}

/** Style of a legend's lines. */
export const LINES = [
  ".legend .line { height: 0; width: 22px; border-top: 4px solid; border-radius: 0; flex: none; }",
  ".legend .dash1 { border-top-style: dashed; } .legend .dash2 { border-top-style: dotted; }",
  ...VARIANTS.map((_, at) => `.legend .hue${at} { border-color: var(--hue${at}); }`),
].join("\n");
