import { inTestImage } from "./inTestImage.ts";

// What `npm run test:app` and `npm run check:app` start: the Python side's tests and linters.

const FOLDERS = ["app", "examples", "tests/app", "bench"];
const PYTHON = FOLDERS.join(" ");
/** Tests at once: they wait for processes more than they compute. */
const WORKERS = 4;
/** Folder of the image's stage `test` that is a volume. */
const MYPY_CACHE = "/var/cache/mypy";
const SCRIPTS: Readonly<Record<string, string>> = {
  test: `pytest -c app/pyproject.toml -n ${WORKERS} --dist worksteal --durations=15 tests/app`,
  check: [
    `ruff format --check --no-cache --config app/pyproject.toml ${PYTHON}`,
    `ruff check --no-cache --config app/pyproject.toml ${PYTHON}`,
    `MYPYPATH=app:app/vision:tests/app:bench:bench/load mypy --cache-dir=${MYPY_CACHE} --no-sqlite-cache --config-file app/pyproject.toml ${PYTHON}`,
  ].join(" && "),
};

const script = SCRIPTS[process.argv[2] ?? ""];
if (script === undefined)
  throw new Error(`${process.argv[2]} — allowed: ${Object.keys(SCRIPTS).join(", ")}`);
await inTestImage({
  // The tests read the documents that both languages share.
  folders: [...FOLDERS, "contract"],
  script,
  volumes: { "kubeflower-mypy": MYPY_CACHE },
  minutes: 15,
  out: process.stdout,
});
