"""Runs that fail: the reason is on /status, now and after a restart."""

import time

import pytest

from conftest import Make


@pytest.mark.parametrize(
    ("config", "reason"),
    [
        ('{"fail-round": 2}', "round 2: ValueError: the test set is gone"),
        ('{"exit-round": 2}', "round 2: SystemExit: enough"),
    ],
)
def test_a_server_app_that_raises_fails_the_run_for_good(
    make: Make, config: str, reason: str
) -> None:
    first = make(RUN_CONFIG=config)
    first.start_server()
    first.start_clients(0, 1)
    status = first.ended()
    assert (status["state"], status["reason"], status["result"]) == ("failed", reason, None)
    assert first.stop_server() == 0
    again = make(RUN_CONFIG=config)
    again.start_server()
    status = again.ended()
    assert (status["state"], status["reason"]) == ("failed", reason)
    assert [entry["round"] for entry in status["history"]] == [1]


def test_clients_may_come_long_after_the_round_timeout(make: Make) -> None:
    federation = make(ROUND_TIMEOUT=1)
    federation.start_server()
    federation.wait(lambda status: status["waitingFor"] == [0, 1])
    time.sleep(2)
    federation.start_clients(0, 1)
    assert federation.ended()["state"] == "completed"


def test_clients_that_do_not_come_back_fail_the_run_by_name(make: Make) -> None:
    federation = make(
        ROUND_TIMEOUT=2, CLIENTS=1, QUORUM=1, MIN=3, REPLICAS=3, RUN_CONFIG='{"pause": 1.0}'
    )
    federation.start_server()
    federation.start_clients(0, 1, 2)
    federation.wait(lambda status: status["round"] == 1)
    federation.clients[0].kill()  # the one that the seed leaves out of round 1
    assert federation.ended()["reason"] == (
        "round 2: only 2 of 3 clients were connected after 2 s; missing partitions [0]"
    )


@pytest.mark.parametrize(
    ("env", "reason"),
    [
        (
            {"QUORUM": 3},
            "KUBEFLOWER_QUORUM is '3' — allowed: 1 to 2 — correct the stack's configuration",
        ),
        (
            {"ROUNDS": "many"},
            "KUBEFLOWER_ROUNDS is 'many' — allowed: a whole number "
            "— correct the stack's configuration",
        ),
        (
            {"RUN_CONFIG": '{"epochs": 3}'},
            "run config has unknown key epochs — known: clients, exit-round, fail-how, "
            "fail-partition, fail-round, min-nodes, num-server-rounds, odd-metrics, pause, seed "
            "— correct it in runConfig or declare it in the app's [tool.flwr.app.config]",
        ),
        (
            {"RUN_CONFIG": "[1]"},
            "KUBEFLOWER_RUN_CONFIG is '[1]' — allowed: a JSON object — correct runConfig",
        ),
    ],
)
def test_wrong_settings_are_a_failed_run_that_says_what_to_correct(
    make: Make, env: dict[str, object], reason: str
) -> None:
    federation = make(**env)
    federation.start_server()
    status = federation.ended()
    assert (status["state"], status["reason"]) == ("failed", reason)
    assert federation.stop_server() == 0
