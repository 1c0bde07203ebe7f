"""A Flower app's folder: kubeflower/flower_app.py."""

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from flwr.common.config import flatten_dict

from kubeflower import flower_app

Table = dict[str, Any]
RUN_CONFIGS = Path(__file__).parent / "run_configs.json"
"""Generated tables of run config, and the repr of what Flower makes of each."""


def app(folder: Path, table: str) -> str:
    """Write a pyproject.toml with these lines; returns the folder."""
    (folder / "pyproject.toml").write_text(table, encoding="utf-8")
    return str(folder)


def test_a_thousand_tables_are_read_as_flowers_own_function_reads_them(tmp_path: Path) -> None:
    examples = json.loads(RUN_CONFIGS.read_text(encoding="utf-8"))
    assert len(examples) == 1000
    for example in examples:
        table = tomllib.loads(example["toml"])["tool"]["flwr"]["app"]["config"]
        config = flower_app.run_config(app(tmp_path, example["toml"]), {}, {})
        assert repr(config) == repr(flatten_dict(table)) == example["flat"]


CONFIG = """
[tool.flwr.app.config]
num-server-rounds = 3
seed = "text"
params.eta = 0.1
[tool.flwr.app.config.params.tree]
depth = 4
"""


def test_the_stacks_values_fill_whole_numbers_and_the_users_come_last(tmp_path: Path) -> None:
    stack = {"num-server-rounds": 9, "seed": 42, "min-nodes": 2}
    own = {"params.eta": 1, "params.tree.depth": 6}
    config = flower_app.run_config(app(tmp_path, CONFIG), own, stack)
    assert repr(config) == repr(
        {"num-server-rounds": 9, "seed": "text", "params.eta": 1.0, "params.tree.depth": 6}
    )


@pytest.mark.parametrize(
    ("lines", "own", "wrong"),
    [
        (CONFIG, {"eta": 1}, "run config has unknown key eta — known: num-server-rounds, params"),
        ("[tool.flwr.app]\nconfig.a.b = [1]", {}, "the app has the run config a.b = [1] — allowed"),
        ("[tool.flwr]", {}, "is no Flower app's (KeyError: 'app') — needed: a [tool.flwr.app]"),
        ("[tool.flwr]\napp.config = 1", {}, "is no Flower app's (TypeError: 1 is no table) — "),
        ("[tool", {}, "is no Flower app's (TOMLDecodeError: "),
    ],
)  # fmt: skip
def test_a_wrong_run_config_is_refused_in_one_sentence(
    tmp_path: Path, lines: str, own: Table, wrong: str
) -> None:
    with pytest.raises(ValueError) as refusal:
        flower_app.run_config(app(tmp_path, lines), own, {})
    assert wrong in str(refusal.value)


def test_an_app_without_a_component_is_refused_with_what_to_add(tmp_path: Path) -> None:
    folder = app(tmp_path, '[tool.flwr.app.components]\nserverapp = "x:app"')
    with pytest.raises(ValueError, match=r'the app has no clientapp — needed: clientapp = "<mod'):
        flower_app.load(folder, "clientapp")
