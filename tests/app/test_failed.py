"""Runs that fail: /status shows the reason, and an interrupted run continues after a restart."""

import json
import time
from pathlib import Path

import pytest

from conftest import Make, calm_and_held
from federation import Federation, held

FINAL = {"code": "app", "interrupted": False}


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
    assert (status["failure"], status["round"]) == (FINAL, 2)
    kept = json.loads((first.folder / "failed.json").read_text())
    assert kept == {"reason": reason, "failure": FINAL, "round": 2}
    assert names(first.folder) == [
        *("checkpoint-000000001", "events.jsonl", "failed-round.json", "failed.json", "logs"),
        *("metrics.jsonl", "partitions.json", "run.json", "work"),
    ]
    broken = json.loads((first.folder / "failed-round.json").read_text())
    assert (broken["round"], broken["replies"], broken["failures"]) == (2, [0, 1], [])
    (train, *_) = broken["phases"]
    assert (train["phase"], train["partition"], train["good"]) == ("train", [0, 1], [True, True])
    assert all(0 < moment <= broken["seconds"] for moment in train["replied"])
    assert first.stop_server() == 0
    again = make(RUN_CONFIG=config)
    again.start_server()
    status = again.ended()
    assert (status["state"], status["reason"]) == ("failed", reason)
    assert (status["failure"], status["round"]) == (FINAL, 2)
    assert [entry["round"] for entry in status["history"]] == [1]


def test_a_failure_of_an_older_version_is_final_and_a_torn_line_is_skipped(make: Make) -> None:
    federation = make()
    federation.folder.mkdir(parents=True)
    reason = "round 3: ValueError: the test set is gone"
    (federation.folder / "failed.json").write_text(json.dumps({"reason": reason}))
    line = {"round": 1, "replies": [0], "clients": {}, "loss": None, "accuracy": None}
    torn = json.dumps({**line, "round": 2})[:-9]
    (federation.folder / "metrics.jsonl").write_text(f"{json.dumps(line)}\n{torn}")
    federation.start_server()
    status = federation.ended()
    assert (status["reason"], status["failure"]) == (reason, FINAL)
    assert (status["round"], status["history"]) == (1, [line])


def test_a_run_folder_with_nothing_but_work_begins_with_round_1(make: Make) -> None:
    federation = make()
    (federation.folder / "work").mkdir(parents=True)
    federation.start_server()
    federation.start_clients(0, 1)
    assert len(federation.ended()["history"]) == 2


def test_what_a_killed_process_leaves_of_a_completed_run_is_removed(make: Make) -> None:
    federation = make()
    federation.start_server()
    federation.start_clients(0, 1)
    wanted = federation.ended()
    federation.kill_server()
    for name in ("checkpoint-000000001", "checkpoint-000000002", ".room"):
        (federation.folder / name).write_bytes(b"left over")
    federation.start_server()
    ended = federation.ended()
    now = {key: ended[key] for key in ("nodes", "clients")}
    assert ended == {**wanted, **now}
    assert names(federation.folder) == [
        *("events.jsonl", "logs", "metrics.jsonl", "model.safetensors", "partitions.json"),
        *("result.json", "run.json", "work"),
    ]


def test_a_run_that_lacked_clients_continues_after_its_last_round(
    make: Make, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    env = {"ROUND_TIMEOUT": 3, "CLIENTS": 1, "QUORUM": 1, "MIN": 3, "REPLICAS": 3}
    calm = make(tmp_path / "calm", **env)
    broken = make(tmp_path / "broken", **env, RUN_CONFIG=held(tmp_path / "broken"))
    for federation in (calm, broken):
        federation.start_server()
        federation.start_clients(0, 1, 2)
    lose_client_0(broken)
    failed = broken.ended()
    reason = "round 2: only 2 of 3 clients were connected after 3 s; missing partitions [0]"
    failure = {"code": "clients", "interrupted": True}
    assert (failed["reason"], failed["failure"]) == (reason, failure)
    assert names(broken.folder) == [
        *("checkpoint-000000001", "events.jsonl", "failed-round.json", "failed.json", "logs"),
        *("metrics.jsonl", "partitions.json", "run.json", "work"),
    ]
    assert broken.stop_server() == 0
    broken.open_rounds(2)
    broken.start_server()
    broken.start_clients(0)
    status = broken.ended()
    assert (status["state"], status["reason"], status["failure"]) == ("completed", None, None)
    assert f"goes on after round 1; it was interrupted: {reason}\n" in capfd.readouterr().out
    assert status["result"]["modelSha256"] == calm.ended()["result"]["modelSha256"]
    assert status["history"][0] == failed["history"][0]
    assert not [name for name in names(broken.folder) if name.startswith("failed")]


def lose_client_0(federation: Federation) -> None:
    """Kill client 0 while another is at work: the seed leaves client 0 out of round 1."""
    federation.wait_held(1, 1)
    federation.clients[0].kill()
    federation.wait(lambda status: status["nodes"] == [1, 2])
    federation.open_rounds(1)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_clients_may_come_long_after_the_round_timeout(make: Make) -> None:
    federation = make(ROUND_TIMEOUT=2)
    federation.start_server()
    federation.wait(lambda status: status["waitingFor"] == [0, 1])
    time.sleep(3)
    federation.start_clients(0, 1)
    assert federation.ended()["state"] == "completed"


def test_clients_that_do_not_come_back_fail_the_run_by_name(make: Make, tmp_path: Path) -> None:
    env = {"ROUND_TIMEOUT": 3, "CLIENTS": 1, "QUORUM": 1, "MIN": 3, "REPLICAS": 3}
    federation = make(**env, RUN_CONFIG=held(tmp_path))
    federation.start_server()
    federation.start_clients(0, 1, 2)
    lose_client_0(federation)
    assert federation.ended()["reason"] == (
        "round 2: only 2 of 3 clients were connected after 3 s; missing partitions [0]"
    )


@pytest.mark.parametrize(
    ("env", "reason"),
    [
        (
            {"QUORUM": 3},
            "KUBEFLOWER_RUN_SPEC.quorum is 3 — allowed: 1 to 2 — correct the stack's configuration",
        ),
        (
            {"ROUNDS": "many"},
            "KUBEFLOWER_RUN_SPEC.rounds is 'many' — allowed: a whole number "
            "— correct the stack's configuration",
        ),
        (
            {"RUN_CONFIG": '{"epochs": 3}'},
            "run config has unknown key epochs — known: clients, exit-round, fail-how, "
            "fail-partition, fail-round, gate, hold, min-nodes, num-server-rounds, "
            "odd-metrics, pause, seed "
            "— correct it in runConfig or declare it in the app's [tool.flwr.app.config]",
        ),
        (
            {"RUN_CONFIG": "[1]"},
            "KUBEFLOWER_RUN_SPEC.runConfig is [1] — allowed: a JSON object "
            "— correct the stack's configuration",
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
    assert status["failure"] == {"code": "settings", "interrupted": False}
    assert federation.stop_server() == 0


def test_a_run_that_is_stopped_ends_its_round_and_goes_on_later_to_the_same_model(
    make: Make, tmp_path: Path
) -> None:
    calm, stopped = calm_and_held(make, tmp_path)
    stopped.wait_held(1, 2)
    assert stopped.post("/stop") == (202, "ok\n")
    stopped.open_rounds(1)
    failed = stopped.ended()
    assert failed["reason"] == "round 1: it was stopped by `kubeflower stop`"
    assert failed["failure"] == {"code": "stopped", "interrupted": True}
    assert len(failed["history"]) == 1
    assert (stopped.folder / "model.safetensors").exists()
    assert stopped.post("/stop") == (409, "it is failed\n")
    assert stopped.stop_server() == 0
    stopped.open_rounds(2)
    stopped.start_server()
    assert stopped.ended()["result"]["modelSha256"] == calm.ended()["result"]["modelSha256"]


def test_a_run_that_waits_for_clients_cannot_be_stopped(make: Make) -> None:
    federation = make()
    federation.start_server()
    federation.wait(lambda status: status["state"] == "waiting")
    assert federation.post("/stop") == (409, "it is waiting\n")
    assert federation.post("/status")[0] == 404
