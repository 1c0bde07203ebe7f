"""Runs killed after each round: kubeflower/strategy_start.py, rounds.py and strategy_state.py."""

import json
import sys
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from conftest import HERE, Make
from federation import Federation, held

APP = HERE / "strategies"
sys.path.append(str(APP))
from strategies.loops import OVERRIDES  # noqa: E402
from strategies.server_app import STRATEGIES  # noqa: E402

FOUR = {"APP": APP, "ROUNDS": 3, **dict.fromkeys(("CLIENTS", "MIN", "REPLICAS", "QUORUM"), 4)}


@pytest.fixture(scope="module")
def clients(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Federation]:
    """Four clients that serve one run after the other; each server listens where they look."""
    federation = Federation(tmp_path_factory.mktemp("clients"), **FOUR)
    federation.start_clients(0, 1, 2, 3)
    yield federation
    federation.close()


@pytest.fixture
def serve(make: Make, clients: Federation) -> Callable[[Path, str], Federation]:
    """Starts the server of a run of its own for the four clients."""

    def start(data: Path, config: str) -> Federation:
        run = f"run-{uuid.uuid4().hex}"
        federation = make(data, RUN=run, PORT=clients.port, RUN_CONFIG=config, **FOUR)
        federation.start_server()
        return federation

    return start


def undisturbed(calm: Federation) -> dict[str, Any]:
    """The status of a run that has completed; its server is ended."""
    status = calm.ended()
    assert (status["state"], status["reason"]) == ("completed", None)
    calm.kill_server()
    return status


def kill_after(federation: Federation, number: int) -> None:
    """Kill the server between the round's checkpoint and the next one's, and start it again.

    The clients work on the next round by then. Their answers find no server.
    """
    federation.open_rounds(number)
    federation.wait_held(number + 1, 1)
    federation.kill_server_after(number)
    federation.open_rounds(number + 1)
    federation.start_server()


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_resumed_after_every_round_it_ends_with_the_same_model(
    serve: Callable[[Path, str], Federation], tmp_path: Path, strategy: str
) -> None:
    wanted = undisturbed(serve(tmp_path / "calm", json.dumps({"strategy": strategy})))
    broken = serve(tmp_path / "broken", held(tmp_path / "broken", strategy=strategy))
    kill_after(broken, 1)
    kill_after(broken, 2)
    status = broken.ended()
    assert status["result"]["modelSha256"] == wanted["result"]["modelSha256"]
    assert [entry["round"] for entry in status["history"]] == [1, 2, 3]
    assert [e["replies"] for e in status["history"]] == [e["replies"] for e in wanted["history"]]


@pytest.mark.parametrize("name", OVERRIDES)
def test_an_apps_own_start_is_followed_and_resumed_as_any_other(
    serve: Callable[[Path, str], Federation], tmp_path: Path, name: str
) -> None:
    calm = serve(tmp_path / "calm", json.dumps({"strategy": name}))
    wanted = undisturbed(calm)
    assert wanted["result"]["rounds"] == 3
    assert wanted["result"]["modelSha256"]
    broken = serve(tmp_path / "broken", held(tmp_path / "broken", strategy=name))
    broken.open_rounds(1)
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
    serve: Callable[[Path, str], Federation], tmp_path: Path
) -> None:
    broken = serve(tmp_path, held(tmp_path, strategy="own loop"))
    broken.open_rounds(1)
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


def test_clients_killed_after_a_round_continue_from_their_state(
    make: Make, serve: Callable[[Path, str], Federation], tmp_path: Path
) -> None:
    wanted = undisturbed(serve(tmp_path / "calm", json.dumps({"strategy": "FedAdam"})))
    broken = make(
        tmp_path / "broken", RUN_CONFIG=held(tmp_path / "broken", strategy="FedAdam"), **FOUR
    )
    broken.start_server()
    broken.start_clients(0, 1, 2, 3)
    broken.open_rounds(1)
    broken.wait_held(2, 4)
    for partition in (0, 3):
        broken.clients[partition].kill()
    broken.wait(lambda s: 0 not in s["nodes"] and 3 not in s["nodes"])
    broken.start_clients(0, 3)
    broken.open_rounds(2, 3)
    assert broken.ended()["result"]["modelSha256"] == wanted["result"]["modelSha256"]
