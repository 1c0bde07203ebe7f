"""Runs killed after each round: kubeflower/strategy_start.py, rounds.py and strategy_state.py."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from conftest import HERE, Make
from federation import Federation

APP = HERE / "strategies"
sys.path.append(str(APP))
from strategies.loops import OVERRIDES  # noqa: E402
from strategies.server_app import STRATEGIES  # noqa: E402


def four(make: Make, data: Path, strategy: str, pause: float) -> Federation:
    config = f'{{"strategy": "{strategy}", "pause": {pause}}}'
    federation = make(
        data, APP=APP, ROUNDS=3, CLIENTS=4, MIN=4, REPLICAS=4, QUORUM=4, RUN_CONFIG=config
    )
    federation.start_server()
    federation.start_clients(0, 1, 2, 3)
    return federation


def kill_after(federation: Federation, number: int) -> None:
    """Kill the server as soon as the round's checkpoint exists, and start it again."""
    federation.kill_server_after(number)
    federation.start_server()


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_resumed_after_every_round_it_ends_with_the_same_model(
    make: Make, tmp_path: Path, strategy: str
) -> None:
    calm = four(make, tmp_path / "calm", strategy, 0)
    broken = four(make, tmp_path / "broken", strategy, 0.4)
    kill_after(broken, 1)
    kill_after(broken, 2)
    wanted, status = calm.ended(), broken.ended()
    assert (wanted["state"], wanted["reason"]) == ("completed", None)
    assert status["result"]["modelSha256"] == wanted["result"]["modelSha256"]
    assert [entry["round"] for entry in status["history"]] == [1, 2, 3]
    assert [e["replies"] for e in status["history"]] == [e["replies"] for e in wanted["history"]]


@pytest.mark.parametrize("name", OVERRIDES)
def test_an_apps_own_start_is_followed_and_resumed_as_any_other(
    make: Make, tmp_path: Path, name: str
) -> None:
    calm = four(make, tmp_path / "calm", name, 0)
    wanted = calm.ended()
    assert (wanted["state"], wanted["reason"], wanted["result"]["rounds"]) == ("completed", None, 3)
    assert wanted["result"]["modelSha256"]
    calm.close()
    broken = four(make, tmp_path / "broken", name, 0.4)
    live = broken.wait(lambda s: s["round"] == 2 or len(s["history"]) == 1)
    assert live["history"][0]["replies"] == [0, 1, 2, 3]
    kill_after(broken, 1)
    kill_after(broken, 2)
    status = broken.ended()
    assert (status["state"], status["reason"]) == ("completed", None)
    assert status["result"]["modelSha256"] == wanted["result"]["modelSha256"]
    assert timeless(status["history"]) == timeless(wanted["history"])
    for written in calm.folder.joinpath("work").iterdir():
        assert written.read_text() == broken.folder.joinpath("work", written.name).read_text()


def test_an_apps_own_loop_sees_finished_rounds_and_their_metrics_again(
    make: Make, tmp_path: Path
) -> None:
    broken = four(make, tmp_path, "own loop", 0.4)
    kill_after(broken, 2)
    history = broken.ended()["history"]
    assert [(entry["round"], entry["accuracy"]) for entry in history] == [
        (1, 0.3), (2, 0.9), (3, 0.5),
    ]  # fmt: skip
    written = json.loads((broken.folder / "work" / "loop.json").read_text())
    # The clients' losses are 1 to 4, weighted by 1 to 4.
    lines = [0.1, [1, 3.0, 0.3], [2, 3.0, 0.9], [3, 3.0, 0.5]]
    assert written == {"lines": lines, "best": [1, 2]}


def timeless(history: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{key: value for key, value in e.items() if key != "seconds"} for e in history]


def test_clients_killed_after_a_round_continue_from_their_state(make: Make, tmp_path: Path) -> None:
    calm = four(make, tmp_path / "calm", "FedAdam", 0)
    wanted = calm.ended()
    calm.close()
    broken = four(make, tmp_path / "broken", "FedAdam", 0.4)
    broken.wait(lambda s: s["round"] == 2)
    for partition in (0, 3):
        broken.clients[partition].kill()
    broken.wait(lambda s: 0 not in s["nodes"] and 3 not in s["nodes"])
    broken.start_clients(0, 3)
    assert broken.ended()["result"]["modelSha256"] == wanted["result"]["modelSha256"]
