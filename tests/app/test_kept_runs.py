"""The list of runs on a volume: kubeflower/kept_runs.py."""

import json
import os
from pathlib import Path
from typing import Any

from kubeflower.kept_runs import kept_runs


def written(data: Path, run: str, /, **files: Any) -> Path:
    """Make a run's folder with JSON files."""
    folder = data / "runs" / run
    folder.mkdir(parents=True)
    for name, value in files.items():
        (folder / f"{name}.json").write_text(json.dumps(value))
    return folder


def test_a_volume_without_runs_has_an_empty_list(tmp_path: Path) -> None:
    assert kept_runs(tmp_path) == []


def test_each_run_is_listed_with_its_state_rounds_and_result(tmp_path: Path) -> None:
    done = written(tmp_path, "a", result={"accuracy": 0.5, "loss": 1, "modelSha256": "f00"})
    (done / "metrics.jsonl").write_text("{}\n{}\n")
    written(tmp_path, "b", failed={"reason": "no", "failure": {"interrupted": True}})
    written(tmp_path, "c", failed={"reason": "no"})
    going = written(tmp_path, "d")
    (going / "metrics.jsonl").write_text('{"accuracy": 0.25, "loss": "NaN"}\n')
    torn = written(tmp_path, "e")
    (torn / "result.json").write_bytes(b'{"accur')
    listed = sorted(kept_runs(tmp_path), key=lambda run: str(run["id"]))
    keys = ("id", "state", "rounds", "accuracy", "loss", "modelSha256", "reason")
    assert [tuple(run[key] for key in keys) for run in listed] == [
        ("a", "completed", 2, 0.5, 1, "f00", None),
        ("b", "interrupted", 0, None, None, None, "no"),
        ("c", "failed", 0, None, None, None, "no"),
        ("d", "unfinished", 1, 0.25, "NaN", None, None),
        ("e", "unfinished", 0, None, None, None, None),
    ]


def test_a_run_is_listed_with_its_times_settings_and_size(tmp_path: Path) -> None:
    record = {"started": "2026-11-25T12:00:00.000Z", "spec": {"rounds": 3}}
    folder = written(tmp_path, "a", result={"accuracy": 0.5}, run=record)
    os.utime(folder / "result.json", (0, 1_795_608_020))
    (folder / "model.safetensors").write_bytes(bytes(1 << 20))
    [run] = kept_runs(tmp_path)
    assert (run["started"], run["spec"]) == (record["started"], record["spec"])
    assert run["ended"] == "2026-11-25T12:00:20Z"
    assert 1 << 20 <= run["bytes"] < 2 << 20


def test_a_removed_run_folder_or_a_file_in_its_place_does_no_harm(tmp_path: Path) -> None:
    written(tmp_path, "a")
    (tmp_path / "runs" / "file").write_text("")
    os.symlink(tmp_path / "gone", tmp_path / "runs" / "link")
    assert [run["id"] for run in kept_runs(tmp_path)] == ["a"]
