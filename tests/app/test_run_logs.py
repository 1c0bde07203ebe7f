"""The kept lines of a run: kubeflower/run_logs.py, with real clients."""

import json
import re
import signal
import time
from pathlib import Path

import pytest

from conftest import HERE, Make
from federation import DEADLINE, Federation, held
from kubeflower import run_logs
from kubeflower.connections import Connections
from kubeflower.run_folder import RunFolder
from kubeflower.run_logs import RunLogs


def log(federation: Federation, name: str) -> list[str]:
    """Return the lines of a log, without their times."""
    path = federation.folder / "logs" / f"{name}.log"
    lines = path.read_text().splitlines() if path.exists() else []
    assert all(re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z ", line) for line in lines)
    return [line.partition(" ")[2] for line in lines]


def wait_for(federation: Federation, name: str, text: str, times: int = 1) -> None:
    """Wait until a log has lines that contain the text."""
    end = time.monotonic() + DEADLINE
    while sum(text in line for line in log(federation, name)) < times:
        assert time.monotonic() < end, log(federation, name)
        time.sleep(0.01)


def joins(lines: list[str]) -> list[str]:
    return [line for line in lines if line.startswith("── ")]


def test_lines_of_a_killed_client_are_kept_and_its_replacement_appends(
    make: Make, tmp_path: Path
) -> None:
    federation = make(RUN_CONFIG=held(tmp_path))
    federation.start_server()
    federation.start_clients(0, 1)
    federation.wait_held(1, 2)
    time.sleep(1.0 + 2 * run_logs.EVERY)  # no line is older than that when it is killed
    federation.clients[0].kill()
    federation.clients[0].wait(5)
    federation.start_clients(0)
    wait_for(federation, "client-0", "client 0: run ab12", 2)
    federation.open_rounds(1, 2)
    federation.ended()
    lines = log(federation, "client-0")
    assert [line for line in lines if line == "client 0: run ab12"] == ["client 0: run ab12"] * 2
    first, second = joins(lines)
    assert re.fullmatch(r"── the client is pod unknown, whose process began \d{4}.*Z", first)
    assert first < second
    server = log(federation, "server")
    assert server[0].startswith("── the server is pod ")
    assert "client 0 is offline" in server
    # Flower's own logger, which was made before.
    assert any("Starting" in line for line in server)


def test_a_client_that_is_deleted_sends_its_last_lines(
    make: Make, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    federation = make(RUN_CONFIG=held(tmp_path))
    federation.start_server()
    federation.start_clients(0, 1)
    federation.wait_held(1, 2)
    end = time.monotonic() + DEADLINE
    while "client 0: run ab12" not in capfd.readouterr().out:
        assert time.monotonic() < end
        time.sleep(0.01)
    federation.clients[0].send_signal(signal.SIGTERM)
    assert federation.clients[0].wait(2) == 0
    wait_for(federation, "client-0", "client 0: run ab12")


def test_a_run_that_goes_on_says_so_in_its_logs(make: Make, tmp_path: Path) -> None:
    federation = make(RUN_CONFIG=held(tmp_path))
    federation.start_server()
    federation.start_clients(0, 1)
    federation.open_rounds(1)
    federation.wait_held(2, 2)
    wait_for(federation, "server", "round 1: ")
    federation.kill_server()
    federation.start_server()
    federation.open_rounds(2)
    federation.ended()
    first, second = joins(log(federation, "server"))
    assert first.startswith("── the server is pod ")
    assert second.startswith("── the run goes on in pod ")
    # The same process of the client.
    first, second = joins(log(federation, "client-0"))
    assert first == second


def test_logs_hold_all_until_the_run_has_ended_and_do_not_change_then(make: Make) -> None:
    federation = make(APP=HERE / "troubled", RUN_CONFIG="{}", ROUNDS=3)
    federation.start_server()
    federation.start_clients(0, 1)
    federation.ended()
    before = {path: path.read_bytes() for path in (federation.folder / "logs").iterdir()}
    for partition in (0, 1):
        own = [line for line in log(federation, f"client-{partition}") if "trains" in line]
        assert own == ["trains round 1", "trains round 2", "trains round 3"]
    assert "rests before the end" in log(federation, "server")
    federation.clients[0].kill()
    federation.clients[0].wait(5)
    federation.start_clients(0)
    federation.wait(lambda status: status["nodes"] == [0, 1])
    federation.stop_server()
    federation.start_server()
    federation.ended()
    time.sleep(2 * run_logs.EVERY)
    assert {path: path.read_bytes() for path in (federation.folder / "logs").iterdir()} == before
    assert [path.name for path in sorted(before)] == ["client-0.log", "client-1.log", "server.log"]


def test_a_failed_run_has_its_reason_in_its_log(make: Make) -> None:
    federation = make(RUN_CONFIG=json.dumps({"fail-partition": 1}))
    federation.start_server()
    federation.start_clients(0, 1)
    reason = federation.ended()["reason"]
    assert log(federation, "server")[-1] == f"failed: {reason}"
    assert "RuntimeError: no data here" in log(federation, "client-1")


def test_a_client_that_prints_megabytes_ends_with_the_same_model(
    make: Make, tmp_path: Path
) -> None:
    models = []
    for trouble in ("", "flood"):
        config = json.dumps({"trouble": trouble, "trouble-partition": 1})
        federation = make(tmp_path / f"data{trouble}", APP=HERE / "troubled", RUN_CONFIG=config)
        federation.start_server()
        federation.start_clients(0, 1)
        models.append(federation.ended()["result"]["modelSha256"])
    assert models[0] == models[1]
    lines = log(federation, "client-1")
    assert lines[-1].startswith("199999 xxx")
    counts = [re.fullmatch(r"── (\d+) (lines|earlier lines) .* not kept", line) for line in lines]
    lost = sum(int(count[1]) for count in counts if count)
    kept = sum(bool(re.match(r"\d{6} x", line)) for line in lines)
    assert 2 * 200_000 - 20 < lost + kept < 2 * 200_000 + 20
    assert (federation.folder / "logs" / "client-1.log").stat().st_size <= run_logs.MOST


def test_a_full_volume_loses_the_lines_only(make: Make) -> None:
    federation = make()
    federation.volume = run_logs.LEAST_FREE  # it has less, once there are files
    federation.start_server()
    federation.start_clients(0, 1)
    assert federation.ended()["state"] == "completed"
    assert not (federation.folder / "logs").exists()


def test_many_clients_have_less_room_each(tmp_path: Path) -> None:
    few, many = (
        RunLogs(RunFolder(str(tmp_path), "ab12"), Connections(number)) for number in (2, 1000)
    )
    assert (few.most, few.room) == (256 << 10, 32 << 10)
    assert many.most * 1000 <= run_logs.MOST_OF_ALL
    assert many.room == many.most // 8
