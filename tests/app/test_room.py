"""Room for a run on the volume: kubeflower/room.py."""

import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from kubeflower.room import Room
from kubeflower.run_failure import RunFailed
from kubeflower.run_folder import RunFolder

MIB = 1 << 20


def room(data: Path, monkeypatch: pytest.MonkeyPatch, free: int, total: int) -> Room:
    """Make the room of run ab12 on a volume with so many free and total MiB."""
    folder = RunFolder(str(data), "ab12")
    folder.make()
    stat = SimpleNamespace(f_bavail=free, f_blocks=total, f_frsize=MIB)
    monkeypatch.setattr(os, "statvfs", lambda _: stat)
    return Room(folder)


def file(data: Path, name: str, mebibytes: int) -> None:
    path = data / "runs" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(bytes(mebibytes * MIB))


def test_two_models_and_a_record_must_fit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    room(tmp_path, monkeypatch, 9, 100).check(4 * MIB)
    with pytest.raises(RunFailed) as failed:
        room(tmp_path, monkeypatch, 8, 100).check(4 * MIB)
    assert str(failed.value) == (
        "the run needs 9.0 MiB for checkpoints and a model of 4.0 MiB, and 8.0 of 100.0 MiB are "
        "free: run ab12 takes 0.0 MiB"
    )
    facts = failed.value.document()
    del facts["runs"]
    assert facts == {
        **{"code": "disk", "interrupted": True, "free": 8 * MIB, "total": 100 * MIB},
        **{"wanted": 101 * MIB, "shared": False},
    }


def test_a_run_that_goes_on_has_its_checkpoint_already_and_needs_another_of_that_size(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file(tmp_path, "ab12/checkpoint-000000003", 6)
    room(tmp_path, monkeypatch, 7, 100).check(4 * MIB)
    with pytest.raises(RunFailed, match=r"^the run needs 13\.0 MiB"):
        room(tmp_path, monkeypatch, 6, 100).check(4 * MIB)


def test_a_disk_that_is_much_larger_than_the_claim_is_no_volume_of_that_size(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = room(tmp_path, monkeypatch, 8, 1000)
    one.claim = 100 * MIB
    with pytest.raises(RunFailed) as failed:
        one.check(4 * MIB)
    assert failed.value.facts["shared"] is True


def test_a_claim_that_no_cluster_enforces_is_a_warning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file(tmp_path, "other/model", 12)
    one = room(tmp_path, monkeypatch, 900, 1000)
    one.claim = 21 * MIB
    one.check(4 * MIB)
    assert one.warning is None
    one.claim = 20 * MIB
    one.check(4 * MIB)
    assert one.warning == (
        "the run needs 9.0 MiB for checkpoints and a model of 4.0 MiB, with all runs 21.0 MiB, and "
        "the volume's claim is of 20.0 MiB, which this cluster does not enforce — keep fewer runs: "
        "pulumi config set keepRuns <number>, or ask for more: pulumi config set storage 27Mi"
    )
    assert capsys.readouterr().out == f"warning: {one.warning}\n"


def test_a_volume_of_about_its_claim_is_judged_by_its_free_space_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file(tmp_path, "other/model", 12)
    one = room(tmp_path, monkeypatch, 9, 40)
    one.claim = 20 * MIB
    one.check(4 * MIB)
    assert one.warning is None
