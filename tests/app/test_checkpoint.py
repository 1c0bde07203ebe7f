"""kubeflower/checkpoint.py, round_log.py and packing.py."""

import math
import os
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from flwr.app import ArrayRecord, ConfigRecord, MetricRecord, RecordDict
from flwr.serverapp.strategy import Result

import small_volume
from kubeflower import checkpoint, packing, run_folder
from kubeflower.checkpoint import Checkpoints, write
from kubeflower.round_log import RoundLog

STATE: dict[str, Any] = {
    "none": None,
    "numbers": [1, 2.5, float("inf"), True],
    "pair": (1, "two"),
    "by round": {1: b"bytes", 2: {}},
    "metrics": MetricRecord({"loss": 0.1, "all": [1.0, 2.0]}),
    "config": ConfigRecord({"name": "x", "key": b"\0"}),
    "records": RecordDict({"a": ArrayRecord([np.arange(3)])}),
}


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_state_comes_back_as_it_was(tmp_path: Path) -> None:
    checkpoints = Checkpoints(tmp_path)
    checkpoints.save(3, STATE)
    checkpoints.flush()
    assert Checkpoints(tmp_path).load() == (3, STATE)


def test_arrays_come_back_bit_by_bit_and_can_be_written_to(tmp_path: Path) -> None:
    arrays = [np.random.default_rng(0).normal(size=(3, 4)).astype("f4"), np.array(7, ">i2")]
    checkpoints = Checkpoints(tmp_path)
    checkpoints.save(1, {"arrays": arrays, "scalar": np.float32(0.1)})
    checkpoints.flush()
    loaded = Checkpoints(tmp_path).load()
    assert loaded is not None
    for before, after in zip(arrays, loaded[1]["arrays"], strict=True):
        assert (after.dtype, after.shape, after.tobytes()) == (
            before.dtype, before.shape, before.tobytes(),
        )  # fmt: skip
        after += 1
    assert loaded[1]["scalar"] == np.float32(0.1)


def test_the_last_two_are_kept(tmp_path: Path) -> None:
    checkpoints = Checkpoints(tmp_path)
    for number in (1, 2, 3):
        checkpoints.save(number, number)
        checkpoints.flush()
    assert names(tmp_path) == ["checkpoint-000000002", "checkpoint-000000003"]


def test_of_quick_states_only_the_newest_is_written_and_flush_does_not_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kubeflower.checkpoint.REST", 60)
    checkpoints = Checkpoints(tmp_path)
    checkpoints.save(1, 1)
    checkpoints.flush()
    for number in (2, 3):
        checkpoints.save(number, number)
    time.sleep(0.2)
    assert names(tmp_path) == ["checkpoint-000000001"]
    checkpoints.flush()
    assert names(tmp_path) == ["checkpoint-000000001", "checkpoint-000000003"]


def test_a_large_state_waits_until_earlier_ones_are_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kubeflower.checkpoint.REST", 60)
    checkpoints = Checkpoints(tmp_path)
    for number in (1, 2, 3):
        checkpoints.save(number, bytes(2 << 20))
    assert names(tmp_path) == ["checkpoint-000000001", "checkpoint-000000002"]


@pytest.mark.parametrize("damage", ["torn", "flipped", "empty", "other"])
def test_a_damaged_checkpoint_is_skipped_for_the_one_before(
    tmp_path: Path, damage: str, capsys: pytest.CaptureFixture[str]
) -> None:
    checkpoints = Checkpoints(tmp_path)
    for number in (1, 2):
        checkpoints.save(number, STATE)
        checkpoints.flush()
    newest = tmp_path / "checkpoint-000000002"
    data = bytearray(newest.read_bytes())
    if damage == "torn":
        data = data[:-40]
    elif damage == "flipped":
        data[60] ^= 1
    elif damage == "empty":
        data.clear()
    else:
        data[:] = b"something else"
    newest.write_bytes(data)
    assert Checkpoints(tmp_path).load() == (1, STATE)
    assert "checkpoint-000000002 is skipped: ValueError: " in capsys.readouterr().out


def test_without_a_checkpoint_nothing_is_loaded(tmp_path: Path) -> None:
    assert Checkpoints(tmp_path).load() is None


def test_a_full_disk_is_reported_and_the_last_good_checkpoint_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkpoints = Checkpoints(tmp_path)
    for number in (1, 2):
        checkpoints.save(number, "small")
        checkpoints.flush()
    volume(monkeypatch, tmp_path, 1000)
    checkpoints.save(3, b"x" * 100_000)
    with pytest.raises(OSError, match="No space left on device"):
        checkpoints.flush()
    with pytest.raises(OSError, match="No space left on device"):
        checkpoints.save(4, "more")
    assert names(tmp_path) == ["checkpoint-000000002"]
    assert Checkpoints(tmp_path).load() == (2, "small")


def test_on_a_full_disk_the_older_checkpoint_makes_room_for_the_newest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkpoints = Checkpoints(tmp_path)
    volume(monkeypatch, tmp_path, 2500)
    for number in (1, 2, 3):
        checkpoints.save(number, bytes(900))
        checkpoints.flush()
    assert names(tmp_path) == ["checkpoint-000000002", "checkpoint-000000003"]


def test_keep_newest_keeps_the_newest_whole_checkpoint(tmp_path: Path) -> None:
    for number in (1, 2):
        write(tmp_path / f"checkpoint-{number:09}", [b"state"])
    (tmp_path / "checkpoint-000000003").write_bytes(b"kubeflower checkpoint 1\ntorn" + bytes(50))
    Checkpoints(tmp_path).keep_newest()
    assert names(tmp_path) == ["checkpoint-000000002"]


def test_a_lack_of_memory_while_writing_is_raised_and_nothing_hangs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def write(path: Path, parts: object) -> None:
        raise MemoryError

    monkeypatch.setattr("kubeflower.checkpoint.write", write)
    checkpoints = Checkpoints(tmp_path)
    checkpoints.save(1, 1)
    with pytest.raises(MemoryError):
        checkpoints.flush()
    checkpoints.settle()


def test_a_lack_of_memory_while_loading_does_not_lose_a_round(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read(path: Path) -> list[bytes]:
        raise MemoryError

    write(tmp_path / "checkpoint-000000001", [b"1"])
    monkeypatch.setattr("kubeflower.checkpoint.read", read)
    with pytest.raises(MemoryError):
        Checkpoints(tmp_path).load()


def test_a_checkpoint_of_an_older_version_is_read(tmp_path: Path) -> None:
    # JSON as Python writes NaN by default, before packing.py had a form for it.
    write(
        tmp_path / "checkpoint-000000001", [b'{"dict": [["loss", Infinity], ["low", -Infinity]]}']
    )
    assert Checkpoints(tmp_path).load() == (1, {"loss": math.inf, "low": -math.inf})


def test_numpy_numbers_in_metrics_come_back_as_what_flower_sends(tmp_path: Path) -> None:
    values: Any = [np.float64(1)]
    metrics = MetricRecord({"loss": np.float64(0.5), "all": values})
    journal, results = RoundLog(), [Result(evaluate_metrics_serverapp={1: metrics})]
    journal.add({"round": 1, "loss": float("inf")}, results)
    again = [Result()]
    loaded, history = RoundLog.load(journal.dump(), again)
    assert (loaded.rounds, history) == ({0: 1}, [{"round": 1, "loss": math.inf}])
    assert again[0].evaluate_metrics_serverapp == {1: MetricRecord({"loss": 0.5, "all": [1.0]})}


def volume(monkeypatch: pytest.MonkeyPatch, folder: Path, size: int) -> None:
    """Limit what `folder` can hold to `size` bytes from now on."""
    for module in (run_folder, checkpoint):
        monkeypatch.setattr(module, "write_whole", run_folder.write_whole)
    monkeypatch.setattr(os, "statvfs", os.statvfs)
    small_volume.limit(folder, size)


def test_a_value_that_cannot_be_packed_is_named() -> None:
    with pytest.raises(packing.NotPlain, match="object"):
        packing.pack({"a": [object()]}, [])
