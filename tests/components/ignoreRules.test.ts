import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { IgnoreRules } from "../../components/ignoreRules.ts";
import { SourceCopy } from "../../components/sourceCopy.ts";

let root: string;
let app: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "ignored-"));
  app = join(root, "app");
  mkdirSync(app);
});

afterEach(() => {
  rmSync(root, { recursive: true });
});

/** Writes files by path from the root; a value is the content. */
function write(files: Readonly<Record<string, string>>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
}

/** Files of the app that are copied. */
function copied(): string[] {
  const to = join(root, "to");
  rmSync(to, { recursive: true, force: true });
  new SourceCopy(app, new IgnoreRules(app), []).to(to);
  return readdirSync(to, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(to.length + 1))
    .sort();
}

const APP = { "app/pyproject.toml": "", "app/x/client_app.py": "", "app/final_model.pt": "" };

describe("without ignore files", () => {
  it("leaves out virtual environments by what they hold, whatever their name", () => {
    write({ ...APP, "app/my env/pyvenv.cfg": "", "app/my env/lib/site.py": "" });
    expect(copied()).toEqual(["final_model.pt", "pyproject.toml", "x/client_app.py"]);
  });
});

describe("with a .gitignore", () => {
  it("leaves out what it ignores, and itself", () => {
    write({ ...APP, "app/data/a.npz": "", "app/.gitignore": "*.pt\ndata/\n" });
    expect(copied()).toEqual(["pyproject.toml", "x/client_app.py"]);
  });

  it("counts those of the repository above and of folders inside, the deeper ones last", () => {
    write({
      ...APP,
      ".git/HEAD": "",
      ".gitignore": "*.pt\nlib/\n",
      "app/.gitignore": "!lib/\n",
      "app/lib/a.py": "",
      "app/lib/b.py": "",
      "app/x/.gitignore": "/secret\n!kept.pt\n",
      "app/x/secret": "",
      "app/x/deep/secret": "",
      "app/x/kept.pt": "",
    });
    expect(copied()).toEqual([
      "lib/a.py",
      "lib/b.py",
      "pyproject.toml",
      "x/client_app.py",
      "x/deep/secret",
      "x/kept.pt",
    ]);
  });

  it("asks none above a folder that is in no repository", () => {
    write({ ...APP, ".gitignore": "*.pt\n" });
    expect(copied()).toContain("final_model.pt");
  });

  it("does not look at an ignored link, wherever it leads", () => {
    write({ ...APP, "app/.gitignore": "/data/\n/gone\n" });
    symlinkSync("/usr", join(app, "data"));
    symlinkSync("nowhere", join(app, "gone"));
    expect(copied()).not.toContain("data");
  });
});

describe("with a .dockerignore", () => {
  it("leaves out what it ignores, by Docker's rules", () => {
    write({
      ...APP,
      "app/.dockerignore": "*.pt\n**/*.npz\n",
      "app/x/y/a.npz": "",
      "app/x/b.pt": "",
    });
    expect(copied()).toEqual(["pyproject.toml", "x/b.pt", "x/client_app.py"]);
  });

  it("takes nothing but what it allows", () => {
    write({ ...APP, "app/.dockerignore": "*\n!pyproject.toml\n!x/*.py\n", "app/x/a.bin": "" });
    expect(copied()).toEqual(["pyproject.toml", "x/client_app.py"]);
  });

  it("takes back what git ignores", () => {
    const rules = { "app/.gitignore": "*.pt\ndata/\n", "app/.dockerignore": "!data/small.npz\n" };
    write({ ...APP, ...rules, "app/data/small.npz": "", "app/data/large.npz": "" });
    expect(copied()).toEqual(["data/small.npz", "pyproject.toml", "x/client_app.py"]);
  });
});

it("refuses a .dockerignore with a line that is no pattern", () => {
  write({ ...APP, "app/.dockerignore": "*.pt\ndata[\n" });
  expect(copied).toThrow(`${app}/.dockerignore has the line data[, which is no pattern — `);
});

it("leaves out what git itself would ignore", () => {
  const names = ["a", "b", "lib", "a b", "x.pt", "#c", "!d", "[e]"];
  const path = fc.array(fc.constantFrom(...names), { minLength: 1, maxLength: 3 });
  const patterns =
    "a|/a|a/|*.pt|!x.pt|lib/|!lib/|a/b|**/b|a/**|# no|\\#c|\\!d|*|!*/|a b|\\[e\\]|[ab]|!a/b|b/*|!b/a|";
  const lines = fc.array(fc.constantFrom(...patterns.split("|")), { maxLength: 3 });
  const folder = fc.constantFrom("", "app/", "app/a/", "app/lib/", "app/[e]/");
  const rules = fc.dictionary(folder, lines, { maxKeys: 3 });
  execFileSync("git", ["init", "-q", root]);
  const property = fc.property(fc.array(path, { maxLength: 6 }), rules, (paths, ignored) => {
    rmSync(app, { recursive: true, force: true });
    rmSync(join(root, ".gitignore"), { force: true });
    mkdirSync(app);
    for (const [place, text] of Object.entries(ignored)) {
      write({ [`${place}.gitignore`]: text.join("\n") });
    }
    for (const parts of paths) {
      const file = join(app, ...parts);
      // Another path may need a file where this one needs a folder.
      if (
        !parts.some((_, index) => isFile(join(app, ...parts.slice(0, index)))) &&
        !existsSync(file)
      ) {
        write({ [`app/${parts.join("/")}`]: "" });
      }
    }
    expect(copied()).toEqual(notIgnoredByGit());
  });
  fc.assert(property, { numRuns: 200, seed: 13 });
});

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

function notIgnoredByGit(): string[] {
  const command = ["-c", "core.excludesFile=", "ls-files", "-z", "-o", "--exclude-standard", "app"];
  return execFileSync("git", command, { cwd: root, encoding: "utf8" })
    .split("\0")
    .map((file) => file.replace(/^app\//, ""))
    .filter((file) => file !== "" && !/(^|\/)\.gitignore$/.test(file))
    .sort();
}
