"""kubeflower-server as the first process of a container: kubeflower/watcher.py."""

import os
import signal

import pytest

from conftest import HERE, Make
from federation import children, gone
from kubeflower import cgroup, watcher


def test_sigterm_ends_the_server_at_once_with_exit_code_0(make: Make) -> None:
    federation = make()
    federation.start_server()
    federation.wait(lambda status: status["state"] == "waiting")
    assert federation.server is not None
    [server] = children(federation.server.pid)
    assert federation.stop_server() == 0
    assert gone(server)


def test_the_server_ends_with_its_watcher(make: Make) -> None:
    federation = make()
    federation.start_server()
    federation.wait(lambda status: status["state"] == "waiting")
    assert federation.server is not None
    [server] = children(federation.server.pid)
    federation.kill_server()
    assert gone(server)


@pytest.mark.parametrize(("how", "code"), [(signal.SIGKILL, 137), (signal.SIGSEGV, 139)])
def test_the_watcher_exits_as_the_server_did(make: Make, how: signal.Signals, code: int) -> None:
    federation = make()
    federation.start_server()
    federation.wait(lambda status: status["state"] == "waiting")
    assert federation.server is not None
    [server] = children(federation.server.pid)
    os.kill(server, how)
    assert federation.server.wait(5) == code


def test_a_server_killed_for_its_memory_gives_exit_code_12(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(cgroup, "memory_limit", lambda: 1 << 30)
    assert watcher.exit_code("server", -signal.SIGKILL, True) == 12
    assert capsys.readouterr().out == "out of memory: the server needs more than its limit of 1Gi\n"


def test_other_exits_are_not_reported_as_lack_of_memory(capsys: pytest.CaptureFixture[str]) -> None:
    assert watcher.exit_code("server", 3, True) == 3
    assert watcher.exit_code("server", -signal.SIGSEGV, True) == 139
    assert watcher.exit_code("server", -signal.SIGKILL, False) == 137
    assert capsys.readouterr().out == ""


def test_a_server_app_may_fork_workers_that_sigterm_ends(make: Make) -> None:
    federation = make(APP=HERE / "troubled", ROUNDS=10, RUN_CONFIG='{"server-trouble": "pool"}')
    federation.start_server()
    federation.start_clients(0, 1)
    assert federation.ended()["state"] == "completed"
