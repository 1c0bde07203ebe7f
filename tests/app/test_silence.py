"""Clients that fall silent without their streams breaking: kubeflower/framing.py's keep-alive."""

import signal
import time
from pathlib import Path

from conftest import Make, calm_and_held
from federation import held


def test_a_silent_client_is_offline_within_ten_seconds_and_its_return_changes_nothing(
    make: Make, tmp_path: Path
) -> None:
    calm, broken = calm_and_held(make, tmp_path)
    broken.wait_held(1, 2)
    broken.clients[1].send_signal(signal.SIGSTOP)
    stopped = time.monotonic()
    broken.wait(lambda s: s["nodes"] == [0])
    assert time.monotonic() - stopped < 10
    broken.clients[1].send_signal(signal.SIGCONT)
    broken.open_rounds(1, 2)
    status = broken.ended()
    assert [entry["replies"] for entry in status["history"]] == [[0, 1], [0, 1]]
    assert status["result"]["modelSha256"] == calm.ended()["result"]["modelSha256"]


def test_a_killed_client_is_offline_within_two_seconds(make: Make, tmp_path: Path) -> None:
    federation = make(RUN_CONFIG=held(tmp_path))
    federation.start_server()
    federation.start_clients(0, 1)
    federation.wait_held(1, 2)
    federation.clients[1].kill()
    killed = time.monotonic()
    federation.wait(lambda s: s["nodes"] == [0])
    assert time.monotonic() - killed < 2
