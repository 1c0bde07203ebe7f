"""Imports among the Python folders: the table holds, and the map draws it."""

import re
from pathlib import Path

import pytest

from import_rules import Import, circles, edges, faults, imports, sources, table

PROJECT = Path(__file__).parents[2]
FOLDERS = table(PROJECT)
FOUND = list(imports(PROJECT, sources(PROJECT)))
WRONG = {
    "app/kubeflower": "import vision.model",
    "app/vision": "from kubeflower.grid import StreamGrid",
    "app": "from kubeflower import status",
    "dev/python": "from dependencies import pip",
    "bench": "import federation",
    "examples": "import kubeflower.settings",
}
"""An import that each folder must not have."""


def test_no_folder_imports_what_the_table_does_not_allow_it() -> None:
    assert faults(FOUND, FOLDERS) == []


def test_the_engine_imports_nothing_but_itself() -> None:
    engine = [found for found in FOUND if found.file.is_relative_to("app/kubeflower")]
    assert engine
    assert all(found.target.is_relative_to("app/kubeflower") for found in engine)


@pytest.mark.parametrize("folder", WRONG)
def test_a_wrong_import_is_found_in(folder: str, tmp_path: Path) -> None:
    for file in sources(PROJECT):
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_text("")
    wrong = tmp_path / folder / "wrong.py"
    wrong.parent.mkdir(parents=True, exist_ok=True)
    wrong.write_text(f"def late() -> None:\n    {WRONG[folder]}\n")
    [fault] = faults(list(imports(tmp_path, sources(tmp_path))), FOLDERS)
    assert fault.startswith(f"{folder}/wrong.py imports ")


def test_a_circle_is_found() -> None:
    a, b = Path("app/kubeflower/a.py"), Path("app/kubeflower/b.py")
    assert circles([Import(a, b)]) == []
    [circle] = circles([Import(a, b), Import(b, a)])
    assert circle.startswith("a circle of imports: ")


def test_the_map_draws_an_arrow_for_each_import_of_a_python_folder() -> None:
    page = (PROJECT / "docs/architecture.md").read_text()
    real = {f"{a} --> {b}" for a, b in edges(FOUND, FOLDERS)}
    targets = {arrow.split(" --> ")[1] for arrow in real}
    drawn = {line.strip() for line in re.findall(r".* --> .*", page)}
    assert {arrow for arrow in drawn if arrow.split(" --> ")[1] in targets} == real
