/** Characters that file names on Windows cannot have, and endings that they lose. */
const WINDOWS = /[<>:"\\|?*\u0000-\u001f]|[. ]$|^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;
/** Files that the server keeps in a folder where `results` writes: its lines and its clients'. */
const KEPT = /^logs\/(server|client-\d+)\.log$/;
/** Files that `results` writes itself. */
const OWN = ["manifest.json", "metrics.csv", "report.html", ".partial", "logs"];

/**
 * Tells why a path of a server's list cannot be written here; undefined when it can. An app may give
 * its files any names, and none may lead out of the folder.
 */
export function strangeName(path: string, platform: string = process.platform): string | undefined {
  const names = path.split("/");
  if (names.some((name) => name === "" || name === "." || name === "..")) {
    return "it leads elsewhere";
  }
  if (OWN.includes(names[0] ?? "") && !KEPT.test(path)) {
    return "results has a file of that name itself";
  }
  if (path.includes("\0")) return "no system can write that name";
  const isBad = platform === "win32" && names.some((name) => WINDOWS.test(name));
  return isBad ? "Windows cannot write that name" : undefined;
}
