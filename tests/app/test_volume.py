"""Runs on a volume with little space: kubeflower/volume.py, run_folder.py and checkpoint.py."""

import json
from pathlib import Path

import pytest

from conftest import HERE, Make
from federation import Federation

MIB = 1 << 20


def federation(
    make: Make, data: Path, volume: int | None, rounds: int, **env: object
) -> Federation:
    """Start a run with a model of 4 MiB; the volume has the bytes `volume`."""
    config = {"floats": 4 * MIB // 8, **({"gate": str(data)} if "RUN_CONFIG" in env else {})}
    env["RUN_CONFIG"] = json.dumps(config)
    made = make(data, APP=HERE / "troubled", ROUNDS=rounds, **env)
    made.volume = volume
    made.start_server()
    made.start_clients(0, 1)
    return made


def filled(make: Make, data: Path, rounds: int) -> Federation:
    """Start a run on a volume of which others leave 7 MiB after it was found large enough."""
    # Less than with what lines of the log are kept.
    made = federation(make, data, 15 * MIB, rounds, RUN_CONFIG="gate")
    made.wait(lambda status: status["round"] == 1)
    fill(data, 8)
    for number in range(1, rounds + 1):
        (data / str(number)).touch()
    return made


def fill(data: Path, mebibytes: int) -> None:
    """Make another run of this size."""
    (data / "runs" / "other").mkdir(parents=True)
    (data / "runs" / "other" / "model").write_bytes(bytes(mebibytes * MIB))


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
    small = filled(make, tmp_path, 1)
    status = small.ended()
    failure = status["failure"]
    assert {name: failure[name] for name in ("code", "interrupted", "total")} == {
        "code": "disk", "interrupted": True, "total": 15 * MIB,
    }  # fmt: skip
    assert 2 * MIB < failure["free"] < 3 * MIB
    assert list(failure["runs"]) == ["other", "ab12"]
    assert 4 * MIB < failure["runs"]["ab12"] < 5 * MIB
    assert status["reason"] == (
        f"round 1: the volume is full ({failure['free'] / MIB:.1f} of 15.0 MiB are free): "
        f"run other takes 8.0 MiB, run ab12 takes {failure['runs']['ab12'] / MIB:.1f} MiB; "
        "4.0 MiB more are needed"
    )
    assert 4 * MIB < failure["needed"] < 4.1 * MIB
    assert names(small.folder) == [
        *("checkpoint-000000001", "events.jsonl", "failed.json", "metrics.jsonl"),
        *("partitions.json", "run.json", "work"),
    ]
    assert small.stop_server() == 0
    small.volume = 40 * MIB
    small.start_server()
    again = small.ended()
    assert (again["state"], again["result"]["rounds"]) == ("completed", 1)
    assert again["history"] == status["history"]
    assert (small.folder / "model.safetensors").stat().st_size > 4 * MIB
    printed = capfd.readouterr().out
    assert printed.count("trains round 1\n") == 2  # a model for each client
    assert f"goes on after round 1; it was interrupted: {status['reason']}\n" in printed


def test_rounds_that_find_no_room_keep_the_newest_checkpoint(make: Make, tmp_path: Path) -> None:
    small = filled(make, tmp_path, 4)
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


def test_a_volume_that_is_too_small_for_the_model_is_told_before_any_client_trains(
    make: Make, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    fill(tmp_path, 13)
    small = federation(make, tmp_path, 20 * MIB, 4)
    status = small.ended()
    failure = status["failure"]
    assert status["reason"] == (
        "before round 1: the run needs 9.0 MiB for checkpoints and a model of 4.0 MiB, and "
        f"{failure['free'] / MIB:.1f} of 20.0 MiB are free: run other takes 13.0 MiB, "
        f"run ab12 takes {failure['runs']['ab12'] / MIB:.1f} MiB"
    )
    assert (failure["code"], failure["interrupted"], failure["shared"]) == ("disk", True, False)
    # An array's bytes have a header.
    assert 0 <= failure["wanted"] - (20 * MIB - failure["free"] + 9 * MIB) < 1024
    assert "trains round 1" not in capfd.readouterr().out
    assert small.stop_server() == 0
    small.volume = 40 * MIB
    small.start_server()
    assert small.ended()["state"] == "completed"
