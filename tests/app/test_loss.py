"""Clients that are lost or fail during a run: kubeflower/grid.py in a server process."""

import time
from pathlib import Path

import pytest

from conftest import Make, calm_and_held
from federation import held


def test_a_killed_client_that_is_replaced_changes_nothing_in_the_model(
    make: Make, tmp_path: Path
) -> None:
    calm, broken = calm_and_held(make, tmp_path)
    broken.wait_held(1, 2)
    broken.clients[1].kill()
    broken.wait(lambda s: s["nodes"] == [0])
    broken.start_clients(1)
    broken.open_rounds(1, 2)
    status = broken.ended()
    assert [entry["replies"] for entry in status["history"]] == [[0, 1], [0, 1]]
    assert status["result"]["modelSha256"] == calm.ended()["result"]["modelSha256"]


def test_a_killed_server_started_again_ends_with_the_same_model(make: Make, tmp_path: Path) -> None:
    calm, broken = calm_and_held(make, tmp_path)
    broken.open_rounds(1)
    broken.wait_held(2, 2)
    broken.kill_server()
    broken.open_rounds(2)
    broken.start_server()
    status = broken.ended()
    assert [entry["round"] for entry in status["history"]] == [1, 2]
    assert status["result"]["modelSha256"] == calm.ended()["result"]["modelSha256"]


def test_a_client_lost_in_a_round_is_missed_when_the_quorum_is_there(
    make: Make, tmp_path: Path
) -> None:
    federation = make(MIN=3, CLIENTS=3, REPLICAS=3, QUORUM=2, RUN_CONFIG=held(tmp_path))
    federation.start_server()
    federation.start_clients(0, 1, 2)
    federation.open_rounds(1)
    federation.wait_held(2, 3)
    federation.clients[2].kill()
    killed = time.monotonic()
    federation.wait(lambda s: s["nodes"] == [0, 1])
    federation.open_rounds(2)
    status = federation.ended()
    assert time.monotonic() - killed < 10
    assert status["state"] == "completed"
    assert [entry["replies"] for entry in status["history"]] == [[0, 1, 2], [0, 1]]
    lost = {"partition": 2, "reason": "its stream broke"}
    assert status["history"][1]["failures"] == [lost, lost]


def test_a_client_gone_for_good_does_not_hold_up_later_rounds(make: Make, tmp_path: Path) -> None:
    three = {"ROUNDS": 3, "MIN": 3, "CLIENTS": 3, "REPLICAS": 3, "QUORUM": 2}
    federation = make(**three, ROUND_TIMEOUT=10, RUN_CONFIG=held(tmp_path))
    federation.start_server()
    federation.start_clients(0, 1, 2)
    federation.wait_held(1, 3)
    federation.clients[2].kill()
    federation.wait(lambda s: s["nodes"] == [0, 1])
    federation.open_rounds(1)
    federation.wait_held(2, 2)
    federation.kill_server_after(1)
    federation.open_rounds(2, 3)
    federation.start_server()
    status = federation.ended()
    assert status["state"] == "completed"
    assert [entry["replies"] for entry in status["history"]] == [[0, 1]] * 3


def test_a_lost_client_without_quorum_fails_the_run_after_the_round_timeout(
    make: Make, tmp_path: Path
) -> None:
    federation = make(ROUND_TIMEOUT=3, RUN_CONFIG=held(tmp_path))
    federation.start_server()
    federation.start_clients(0, 1)
    federation.wait_held(1, 2)
    federation.clients[1].kill()
    federation.wait(lambda s: s["nodes"] == [0])
    federation.open_rounds(1)
    status = federation.ended()
    assert status["reason"] == "round 1: 2 of 2 replies are needed: client 1: its stream broke"


def test_a_failing_client_app_fails_the_run_with_its_own_message(make: Make) -> None:
    federation = make(RUN_CONFIG='{"fail-partition": 1}')
    federation.start_server()
    federation.start_clients(0, 1)
    reason = "round 1: 2 of 2 replies are needed: client 1: RuntimeError: no data here"
    assert federation.ended()["reason"] == reason


def test_a_failing_client_app_is_missed_when_the_quorum_is_there(make: Make) -> None:
    federation = make(QUORUM=1, ROUNDS=1, RUN_CONFIG='{"fail-partition": 1}')
    federation.start_server()
    federation.start_clients(0, 1)
    status = federation.ended()
    assert status["state"] == "completed"
    assert status["history"][0]["failures"] == [
        {"partition": 1, "reason": "RuntimeError: no data here"}
    ]


@pytest.mark.parametrize(
    ("how", "reason"),
    [
        ("nan", "round 1: the model has NaN or infinite numbers; replies with such: 1"),
        (
            "shape",
            "round 1: client 1 answered with arrays of other shapes than the first: operands",
        ),
    ],
)
def test_a_client_that_answers_nonsense_fails_the_run(make: Make, how: str, reason: str) -> None:
    federation = make(RUN_CONFIG=f'{{"fail-partition": 1, "fail-how": "{how}"}}')
    federation.start_server()
    federation.start_clients(0, 1)
    status = federation.ended()
    assert status["state"] == "failed"
    assert status["reason"].startswith(reason)
