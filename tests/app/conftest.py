"""Make engine and default app importable from the repository; fixtures of all tests."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
APP, EXAMPLES = ROOT / "app", ROOT / "examples"
sys.path[:0] = [str(APP), str(APP / "vision"), str(HERE)]

from federation import Federation  # noqa: E402

Make = Callable[..., Federation]
SLOW = '{"pause": 1.0}'


def calm_and_slow(make: Make, folder: Path) -> tuple[Federation, Federation]:
    """Start two federations of the same run, one slow enough to disturb it."""
    both = make(folder / "calm"), make(folder / "slow", RUN_CONFIG=SLOW)
    for federation in both:
        federation.start_server()
        federation.start_clients(0, 1)
    return both


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
