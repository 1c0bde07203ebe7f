import { inTestImage } from "./inTestImage.ts";

// What `npm run test:app` and `npm run check:app` start: the Python side's tests and linters.

const FOLDERS = ["app", "examples", "tests/app", "bench"];
const PYTHON = FOLDERS.join(" ");
const SCRIPTS: Readonly<Record<string, string>> = {
  test: "pytest -c app/pyproject.toml --durations=15 tests/app",
  check: [
    `ruff format --check --no-cache --config app/pyproject.toml ${PYTHON}`,
    `ruff check --no-cache --config app/pyproject.toml ${PYTHON}`,
    `MYPYPATH=app:app/vision:tests/app:bench:bench/load mypy --cache-dir=/dev/null --config-file app/pyproject.toml ${PYTHON}`,
  ].join(" && "),
};

const script = SCRIPTS[process.argv[2] ?? ""];
if (script === undefined)
  throw new Error(`${process.argv[2]} — allowed: ${Object.keys(SCRIPTS).join(", ")}`);
// The tests read the documents that both languages share.
const folders = [...FOLDERS, "contract"];
await inTestImage({ folders, script, minutes: 15, out: process.stdout });
