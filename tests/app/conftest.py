"""Make engine and default app importable from the repository; fixtures of all tests."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
APP, EXAMPLES = ROOT / "app", ROOT / "examples"
sys.path[:0] = [str(APP), str(APP / "vision"), str(HERE), str(ROOT / "dev/python")]

from federation import Federation, held  # noqa: E402
from seconds_per_file import pytest_terminal_summary  # noqa: E402, F401

Make = Callable[..., Federation]


def calm_and_held(make: Make, folder: Path) -> tuple[Federation, Federation]:
    """Start two federations of the same run; one has its rounds held, so a test can disturb it."""
    data = folder / "held"
    both = make(folder / "calm"), make(data, RUN_CONFIG=held(data), ROUND_TIMEOUT=300)
    for federation in both:
        federation.start_server()
        federation.start_clients(0, 1)
    return both


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Start the longest test first: the others fill the time that it takes."""
    items.sort(key=lambda item: item.path.name != "test_simulation.py")


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    """Make federations on `tmp_path` (or `data`) that end with the test."""
    made: list[Federation] = []

    def new(data: Path = tmp_path, **env: Any) -> Federation:
        made.append(Federation(data, **env))
        return made[-1]

    yield new
    for federation in made:
        federation.close()
