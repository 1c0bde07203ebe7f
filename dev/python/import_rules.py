"""Check who imports whom among the Python folders, by the table dev/imports/folders.json.

Usage, from the project's folder: python3 dev/python/import_rules.py
It ends with 1 after a line for each import that the table does not allow, and for each circle.
"""

import ast
import json
import sys
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import NamedTuple

TABLE = Path("dev/imports/folders.json")
ROOTS = ("app", "app/vision", "dev/python", "bench", "bench/load", "tests/app")
"""Folders on Python's path when the project's programs and tests run."""


class Import(NamedTuple):
    """An import of one of the project's files by another."""

    file: Path
    target: Path


def sources(project: Path) -> list[Path]:
    """Return all Python files, from the project's folder."""
    folders = {root.split("/")[0] for root in (*ROOTS, "examples")}
    files = [file for name in sorted(folders) for file in (project / name).rglob("*.py")]
    return sorted(file.relative_to(project) for file in files)


def imports(project: Path, files: list[Path]) -> Iterator[Import]:
    """Yield each import of the project's modules, also inside functions and of types alone."""
    for file in files:
        for name in _names(ast.parse((project / file).read_text())):
            target = _module(project, file, name)
            if target is not None and target != file:
                yield Import(file, target)


def _names(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            # A name imported from a package may be a module of the package.
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _module(project: Path, file: Path, name: str) -> Path | None:
    """Find the project's file of a dotted name, or of the longest part of it that has one."""
    # Each sample app has its own folder on the path.
    roots = [*map(Path, ROOTS), *file.parents[:-1]]
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        stem = Path(*parts[:length])
        for root in roots:
            for found in (root / stem.with_suffix(".py"), root / stem / "__init__.py"):
                if (project / found).exists():
                    return found
    return None


def folder_of(file: Path, folders: Mapping[str, list[str]]) -> str | None:
    """Return the longest folder of the table that holds the file."""
    above = [str(parent) for parent in file.parents]
    return next((folder for folder in above if folder in folders), None)


def edges(found: list[Import], folders: Mapping[str, list[str]]) -> set[tuple[str, str]]:
    """Return who imports whom, folder by folder."""
    pairs = ((folder_of(file, folders), folder_of(target, folders)) for file, target in found)
    return {(a, b) for a, b in pairs if a is not None and b is not None and a != b}


def faults(found: list[Import], folders: Mapping[str, list[str]]) -> list[str]:
    """Return a line for each import that the table does not allow, and for a circle of modules."""
    lines = []
    for file, target in found:
        a, b = folder_of(file, folders), folder_of(target, folders)
        if a is None or b is None or a == b or b in folders[a]:
            continue
        allowed = ", ".join(folders[a]) or "nothing"
        lines.append(
            f"{file} imports {target} — {a} may import {allowed} — "
            f"move what both need further down, or add the folder in {TABLE}"
        )
    return lines + circles(found)


def circles(found: list[Import]) -> list[str]:
    """Return a line for a circle of modules."""
    graph: dict[Path, set[Path]] = {}
    for file, target in found:
        graph.setdefault(file, set()).add(target)
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return ["a circle of imports: " + " → ".join(map(str, reversed(error.args[1])))]
    return []


def table(project: Path) -> dict[str, list[str]]:
    """Read what each folder may import."""
    rows = json.loads((project / TABLE).read_text())
    return {row["folder"]: row["imports"] for row in rows}


def main() -> int:
    """Check the project in the working folder; return the exit code."""
    project = Path.cwd()
    lines = faults(list(imports(project, sources(project))), table(project))
    for line in lines:
        print(line)
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
