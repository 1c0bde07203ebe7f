import { inTestImage } from "./inTestImage.ts";

// Entry point of `npm run test:app` and `npm run check:app`: Python's tests and linters.

const SOURCES = ["app", "examples", "tests/app", "bench", "dev/python"];
const PYTHON = SOURCES.join(" ");
/** Other files that tests read: the rules of imports with their map, and the documents that both languages share. */
const DATA = ["dev/imports", "docs/architecture.md", "docs/metrics.md", "contract"];
/** Number of tests at once: they wait for processes more than they compute. */
const WORKERS = 4;
/** Folder of the image's stage `test` that is a volume. */
const MYPY_CACHE = "/var/cache/mypy";
const SCRIPTS: Readonly<Record<string, string>> = {
  test: `pytest -c app/pyproject.toml -n ${WORKERS} --dist worksteal --durations=15 tests/app`,
  check: [
    `ruff format --check --no-cache --config app/pyproject.toml ${PYTHON}`,
    `ruff check --no-cache --config app/pyproject.toml ${PYTHON}`,
    `MYPYPATH=app:app/vision:tests/app:bench:bench/load:dev/python mypy --cache-dir=${MYPY_CACHE} --no-sqlite-cache --config-file app/pyproject.toml ${PYTHON}`,
    "python3 dev/python/import_rules.py",
  ].join(" && "),
};

const script = SCRIPTS[process.argv[2] ?? ""];
if (script === undefined) {
  throw new Error(`${process.argv[2]} — allowed: ${Object.keys(SCRIPTS).join(", ")}`);
}
await inTestImage({
  folders: [...SOURCES, ...DATA],
  script,
  volumes: { "kubeflower-mypy": MYPY_CACHE },
  minutes: 15,
  out: process.stdout,
});
