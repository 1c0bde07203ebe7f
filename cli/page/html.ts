/** Text that is HTML already. */
export class Html {
  constructor(readonly text: string) {}
}

/** Piece of a page; a list is joined. */
type Piece = Html | string | number | null | readonly (Html | null)[];

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Makes HTML of a template; a text is escaped, since apps and clients may have written it. */
export function html(strings: TemplateStringsArray, ...pieces: readonly Piece[]): Html {
  // The indentation of the sources is of no use to a reader of the page.
  const texts = strings.map((text) => text.replace(/\n\s+/g, "\n"));
  return new Html(texts.map((text, at) => text + shown(pieces[at] ?? null)).join(""));
}

/** Escapes a text for HTML, in quotes too. */
export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => ESCAPES[sign] ?? sign);
}

function shown(piece: Piece): string {
  if (piece === null) return "";
  if (piece instanceof Html) return piece.text;
  if (typeof piece === "string" || typeof piece === "number") return escaped(String(piece));
  return piece.map(shown).join("");
}
