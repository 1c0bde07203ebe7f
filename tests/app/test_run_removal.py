"""Old runs that go: kubeflower/run_removal.py."""

import errno
import json
import os
from pathlib import Path
from typing import Any

import pytest

from conftest import Make
from federation import EXAMPLE
from kubeflower.kept_runs import kept_runs
from kubeflower.run_files import RunFiles
from kubeflower.run_removal import REMOVED, RunRemoval, surplus
from test_kept_runs import written

CASES = json.loads((EXAMPLE.parent / "surplus.json").read_text())


def completed(data: Path, *runs: str) -> None:
    """Make completed runs that ended in this order, in the year 2026."""
    for second, run in enumerate(runs):
        folder = written(data, run, result={"accuracy": 0.5})
        (folder / "model.safetensors").write_bytes(b"m")
        os.utime(folder / "result.json", (0, 1_795_608_020 + second))


def listed(data: Path) -> list[str]:
    return sorted(run["id"] for run in kept_runs(data))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["about"])
def test_the_rule_is_that_of_the_contract(case: dict[str, Any]) -> None:
    old = surplus(case["runs"], case["keep"], case["current"])
    assert [run["id"] for run in old] == case["surplus"]


def test_old_runs_are_told_of_and_are_gone_with_their_files(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    completed(tmp_path, "a", "b", "c")
    (tmp_path / "runs" / "a" / "metrics.jsonl").write_text("{}\n{}\n")
    removal = RunRemoval(tmp_path, 2, "c")
    removal.begin()
    assert listed(tmp_path) == ["b", "c"]
    assert RunFiles(tmp_path).listing("a") is None
    removal.wait()
    assert list((tmp_path / REMOVED).iterdir()) == []
    told = "keepRuns is 2: removes run a (completed 2026-11-25T12:00:20Z, 2 rounds)\n"
    assert capsys.readouterr().out == told


def test_without_a_number_every_run_stays(tmp_path: Path) -> None:
    completed(tmp_path, "a", "b", "c")
    RunRemoval(tmp_path, None, "c").begin()
    assert listed(tmp_path) == ["a", "b", "c"]


def test_a_server_that_was_killed_while_it_deleted_goes_on_when_it_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    completed(tmp_path, "a", "b")
    removal = RunRemoval(tmp_path, 1, "b")
    with monkeypatch.context() as killed:
        killed.setattr(removal, "_delete", lambda: None)
        removal.begin()
    [half] = (tmp_path / REMOVED).iterdir()
    (half / "model.safetensors").unlink()
    assert listed(tmp_path) == ["b"]
    # The same settings have trained again meanwhile.
    completed(tmp_path, "a")
    again = RunRemoval(tmp_path, None, "a")
    again.begin()
    again.wait()
    assert list((tmp_path / REMOVED).iterdir()) == []
    assert listed(tmp_path) == ["a", "b"]


def test_a_run_that_cannot_be_moved_stays_whole(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    completed(tmp_path, "a", "b")
    (tmp_path / REMOVED).write_text("")
    RunRemoval(tmp_path, 1, "b").begin()
    assert listed(tmp_path) == ["a", "b"]
    assert capsys.readouterr().out.startswith("run a is not removed: [Errno 17] File exists")


def test_a_full_volume_takes_no_new_folder_and_gets_room_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    completed(tmp_path, "a", "b", "c")

    def full(self: Path, **_: Any) -> None:
        if not self.exists():
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Path, "mkdir", full)
    removal = RunRemoval(tmp_path, 1, "c")
    removal.begin()
    assert listed(tmp_path) == ["c"]
    removal.wait()
    assert list((tmp_path / REMOVED).iterdir()) == []


def test_a_server_removes_runs_when_its_own_is_completed_and_not_before(
    make: Make, tmp_path: Path
) -> None:
    completed(tmp_path, "old", "last")
    one = make(tmp_path, ROUNDS=1, KEEP_RUNS=1)
    one.start_server()
    one.wait(lambda status: status["state"] == "waiting")
    assert listed(tmp_path) == ["ab12", "last"]
    one.start_clients(0, 1)
    assert one.ended()["state"] == "completed"
    assert [run["id"] for run in json.loads(one.get("/runs")[1])] == ["ab12"]
