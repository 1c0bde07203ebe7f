"""The list of runs on a volume: kubeflower/kept_runs.py."""

import json
import os
from pathlib import Path
from typing import Any

from kubeflower.kept_runs import kept_runs


def written(data: Path, run: str, **files: Any) -> Path:
    """Make a run's folder with JSON files."""
    folder = data / "runs" / run
    folder.mkdir(parents=True)
    for name, value in files.items():
        (folder / f"{name}.json").write_text(json.dumps(value))
    return folder


def test_a_volume_without_runs_has_an_empty_list(tmp_path: Path) -> None:
    assert kept_runs(tmp_path) == []


def test_each_run_is_listed_with_its_state_rounds_and_result(tmp_path: Path) -> None:
    done = written(tmp_path, "a", result={"accuracy": 0.5, "modelSha256": "f00"})
    (done / "metrics.jsonl").write_text("{}\n{}\n")
    written(tmp_path, "b", failed={"reason": "no", "failure": {"interrupted": True}})
    written(tmp_path, "c", failed={"reason": "no"})
    written(tmp_path, "d")
    torn = written(tmp_path, "e")
    (torn / "result.json").write_bytes(b'{"accur')
    nothing = {"rounds": 0, "accuracy": None, "modelSha256": None}
    listed = sorted(kept_runs(tmp_path), key=lambda run: run["id"])
    assert listed == [
        {"id": "a", "state": "completed", "rounds": 2, "accuracy": 0.5, "modelSha256": "f00"},
        {"id": "b", "state": "interrupted", **nothing},
        {"id": "c", "state": "failed", **nothing},
        {"id": "d", "state": "unfinished", **nothing},
        {"id": "e", "state": "unfinished", **nothing},
    ]


def test_a_removed_run_folder_or_a_file_in_its_place_does_no_harm(tmp_path: Path) -> None:
    written(tmp_path, "a")
    (tmp_path / "runs" / "file").write_text("")
    os.symlink(tmp_path / "gone", tmp_path / "runs" / "link")
    assert [run["id"] for run in kept_runs(tmp_path)] == ["a"]
