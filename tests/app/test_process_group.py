"""A ClientApp harms its process: kubeflower/client.py, app_process.py, process_group.py."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from conftest import HERE, Make
from federation import Federation, children, gone, held

TROUBLED = HERE / "troubled"


def troubled(
    make: Make, trouble: str, partition: int = -1, gate: Path | None = None, **env: Any
) -> Federation:
    """Make a federation of the troubled app, not yet started.

    `gate`: its data folder, when its rounds are held until `Federation.open_rounds`.
    """
    own = {"trouble": trouble, "trouble-partition": partition}
    config = held(gate, **own) if gate else json.dumps(own)
    return make(APP=TROUBLED, RUN_CONFIG=config, **env)


def start(federation: Federation) -> Federation:
    federation.start_server()
    federation.start_clients(0, 1)
    return federation


def healthy(make: Make, **env: Any) -> Federation:
    """Make another run on the port of the first, whose clients continue."""
    return make(APP=TROUBLED, RUN="later", RUN_CONFIG="{}", **env)


def goes_on(federation: Federation, make: Make) -> dict[str, Any]:
    """Replace the server by that of a healthy run, which the same client processes complete."""
    clients = {partition: client.pid for partition, client in federation.clients.items()}
    federation.stop_server()
    later = healthy(make, PORT=federation.port)
    later.start_server()
    later.wait(lambda _: later.get("/readyz")[0] == 200)
    began = time.monotonic()
    status = later.ended()
    assert time.monotonic() - began < 20
    assert {partition: client.pid for partition, client in federation.clients.items()} == clients
    assert [client.poll() for client in federation.clients.values()] == [None, None]
    return status


@pytest.mark.parametrize(("trouble", "rounds"), [("pool", 10), ("workers", 2), ("inherit", 1)])
def test_an_app_may_fork_workers_that_sigterm_ends(
    make: Make, tmp_path: Path, trouble: str, rounds: int
) -> None:
    wanted = start(troubled(make, "", data=tmp_path / "calm", ROUNDS=rounds))
    forked = start(troubled(make, trouble, ROUNDS=rounds))
    status = forked.ended()
    assert (status["state"], status["round"]) == ("completed", rounds)
    assert status["result"]["modelSha256"] == wanted.ended()["result"]["modelSha256"]


@pytest.mark.parametrize(
    ("trouble", "reason"),
    [
        ("exit", ": the app ended with sys.exit(3)"),
        ("quit", ": its app ended its process with exit code 3; its last line: trains round 1"),
        (
            "segv",
            ": its app's process was ended by SIGSEGV; its last line: trains round 1",
        ),
        (
            "bus",
            ": its app's process was ended by SIGBUS (/dev/shm may be full); "
            "its last line: trains round 1",
        ),
        ("kill", ": its app's process was ended by SIGKILL; its last line: trains round 1"),
        ("hang", " did not answer within 4 s (roundTimeout); its last line: waits for the data"),
    ],
)
def test_a_client_whose_app_ends_or_hangs_is_named_and_serves_the_next_run(
    make: Make, trouble: str, reason: str
) -> None:
    federation = start(troubled(make, trouble, 1, ROUND_TIMEOUT=4 if trouble == "hang" else 30))
    status = federation.ended()
    assert status["reason"] == f"round 1: 2 of 2 replies are needed: client 1{reason}"
    assert goes_on(federation, make)["state"] == "completed"


def test_a_killed_app_is_asked_twice_more(make: Make, capfd: pytest.CaptureFixture[str]) -> None:
    start(troubled(make, "kill", 1)).ended()
    printed = capfd.readouterr().out.splitlines()
    said = "client 1: its app's process was ended by SIGKILL; its last line: trains round 1"
    assert printed.count(said) == 3


def test_a_worker_that_outlives_its_app_is_ended_with_it(
    make: Make, capfd: pytest.CaptureFixture[str]
) -> None:
    federation = start(troubled(make, "orphan", 1))
    assert ": its app ended its process with exit code 3" in federation.ended()["reason"]
    [worker] = re.findall(r"^worker (\d+)$", capfd.readouterr().out, re.MULTILINE)
    assert gone(int(worker))


def test_with_a_quorum_a_hung_client_misses_its_rounds_and_is_asked_in_each(
    make: Make, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    federation = start(troubled(make, "hang", 1, tmp_path, QUORUM=1, ROUND_TIMEOUT=3))
    federation.open_rounds(1)
    printed = ""

    def is_back(status: dict[str, Any]) -> bool:
        nonlocal printed
        printed += capfd.readouterr().out
        return printed.count("client 1: run ab12\n") == 2 and status["nodes"] == [0, 1]

    federation.wait(is_back)
    federation.open_rounds(2)
    status = federation.ended()
    assert status["state"] == "completed"
    assert [entry["replies"] for entry in status["history"]] == [[0], [0]]
    assert [entry["failures"][0] for entry in status["history"]] == 2 * [
        {
            "partition": 1,
            "reason": "did not answer within 3 s (roundTimeout); its last line: waits for the data",
        }
    ]


def test_a_client_ends_an_app_that_hangs_without_an_end_from_the_server(
    make: Make, capfd: pytest.CaptureFixture[str]
) -> None:
    federation = troubled(make, "hang", 1, ROUND_TIMEOUT=6)
    federation.start_server()
    federation.start_clients(0)
    # One of the round's six seconds: the server has not sent END yet.
    code = "from kubeflower import client; client.MARGIN = -5; client.main()"
    env = {**federation.env, "KUBEFLOWER_PARTITION": "1"}
    federation.clients[1] = subprocess.Popen([sys.executable, "-c", code], env=env)
    assert federation.ended()["reason"] == (
        "round 1: 2 of 2 replies are needed: "
        "client 1 did not answer within 6 s (roundTimeout); its last line: waits for the data"
    )
    assert "client 1: its app has not answered in 1 s" in capfd.readouterr().out.splitlines()


def test_a_client_that_works_for_an_old_run_serves_the_next_at_once(make: Make) -> None:
    federation = start(troubled(make, "hang", ROUND_TIMEOUT=600))
    federation.wait(lambda status: status["round"] == 1)
    assert goes_on(federation, make)["state"] == "completed"


def test_killed_apps_continue_from_their_state(make: Make, tmp_path: Path) -> None:
    def four(folder: Path, config: str) -> Federation:
        counts = dict.fromkeys(("CLIENTS", "MIN", "REPLICAS", "QUORUM"), 4)
        federation = make(folder, APP=HERE / "strategies", ROUNDS=3, RUN_CONFIG=config, **counts)
        federation.start_server()
        federation.start_clients(0, 1, 2, 3)
        return federation

    broken = four(tmp_path / "broken", held(tmp_path / "broken", strategy="FedAdam"))
    broken.open_rounds(1)
    broken.wait_held(2, 4)
    for partition in (0, 3):
        [app] = children(broken.clients[partition].pid)
        os.kill(app, signal.SIGKILL)
    broken.open_rounds(2, 3)
    ended = broken.ended()
    assert [entry["replies"] for entry in ended["history"]] == 3 * [[0, 1, 2, 3]]
    wanted = four(tmp_path / "calm", json.dumps({"strategy": "FedAdam"})).ended()
    assert ended["result"]["modelSha256"] == wanted["result"]["modelSha256"]


def test_an_app_that_cannot_be_loaded_ends_its_client_with_its_message(
    make: Make, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "pyproject.toml").write_text(
        '[tool.flwr.app.components]\nclientapp = "missing.client_app:app"\n'
    )
    client = make(APP=tmp_path).start("client", PARTITION=0)
    assert client.wait(60) == 1
    said = capfd.readouterr().out.splitlines()
    assert said[-1] == "ModuleNotFoundError: No module named 'missing'"


def test_a_client_ends_with_all_children_of_its_app(make: Make) -> None:
    federation = troubled(make, "hang")
    start(federation)
    federation.wait(lambda status: status["round"] == 1)
    for end in (signal.SIGTERM, signal.SIGKILL):
        partition = 0 if end == signal.SIGTERM else 1
        client = federation.clients[partition]
        [app] = children(client.pid)
        client.send_signal(end)
        assert client.wait(2) == (0 if end == signal.SIGTERM else -end)
        assert gone(app)
