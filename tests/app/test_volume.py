"""Runs on a volume with little space: kubeflower/volume.py, run_folder.py and checkpoint.py."""

from pathlib import Path

import pytest

from conftest import HERE, Make
from federation import Federation

MIB = 1 << 20


def federation(make: Make, data: Path, volume: int | None, rounds: int) -> Federation:
    """Start a run with a model of 4 MiB; its client is not started."""
    made = make(
        data,
        APP=HERE / "troubled",
        ROUNDS=rounds,
        RUN_CONFIG=f'{{"floats": {4 * MIB // 8}}}',
    )
    made.volume = volume
    made.start_server()
    made.start_clients(0, 1)
    return made


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_volume_of_two_models_and_a_third_is_enough(make: Make, tmp_path: Path) -> None:
    calm = federation(make, tmp_path / "calm", None, 3).ended()
    small = federation(make, tmp_path / "small", 150 * MIB // 16, 3)
    status = small.ended()
    assert (status["state"], status["reason"]) == ("completed", None)
    assert status["result"]["modelSha256"] == calm["result"]["modelSha256"]
    assert names(small.folder) == [
        *("events.jsonl", "metrics.jsonl", "model.safetensors", "partitions.json"),
        *("result.json", "run.json", "work"),
    ]


def test_a_model_that_finds_no_room_is_saved_on_a_larger_volume_without_training(
    make: Make, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    small = federation(make, tmp_path, 7 * MIB, 1)
    status = small.ended()
    failure = status["failure"]
    assert {name: failure[name] for name in ("code", "interrupted", "total")} == {
        "code": "disk", "interrupted": True, "total": 7 * MIB,
    }  # fmt: skip
    assert 2 * MIB < failure["free"] < 3 * MIB
    assert list(failure["runs"]) == ["ab12"]
    assert 4 * MIB < failure["runs"]["ab12"] < 5 * MIB
    assert status["reason"] == (
        f"round 1: the volume is full ({failure['free'] / MIB:.1f} of 7.0 MiB are free): "
        f"run ab12 takes {failure['runs']['ab12'] / MIB:.1f} MiB; 4.0 MiB more are needed"
    )
    assert 4 * MIB < failure["needed"] < 4.1 * MIB
    assert names(small.folder) == [
        *("checkpoint-000000001", "events.jsonl", "failed.json", "metrics.jsonl"),
        *("partitions.json", "run.json", "work"),
    ]
    assert small.stop_server() == 0
    small.volume = 20 * MIB
    small.start_server()
    again = small.ended()
    assert (again["state"], again["result"]["rounds"]) == ("completed", 1)
    assert again["history"] == status["history"]
    assert (small.folder / "model.safetensors").stat().st_size > 4 * MIB
    printed = capfd.readouterr().out
    assert printed.count("trains round 1\n") == 2  # a model for each client
    assert f"goes on after round 1; it was interrupted: {status['reason']}\n" in printed


def test_rounds_that_find_no_room_keep_the_newest_checkpoint(make: Make, tmp_path: Path) -> None:
    small = federation(make, tmp_path, 7 * MIB, 4)
    status = small.ended()
    assert (status["state"], status["failure"]["code"]) == ("failed", "disk")
    assert names(small.folder) == [
        *("checkpoint-000000001", "events.jsonl", "failed.json", "metrics.jsonl"),
        *("partitions.json", "run.json", "work"),
    ]


def test_a_volume_without_any_room_is_a_failed_run(make: Make, tmp_path: Path) -> None:
    full = federation(make, tmp_path, 2, 1)
    status = full.ended()
    assert (status["state"], status["failure"]["code"]) == ("failed", "disk")
    assert status["reason"].startswith("before round 1: the volume is full (0.0 of 0.0 MiB are")
