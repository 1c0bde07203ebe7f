"""List the runs whose folders are on the server's volume."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from kubeflower.volume import folder_size


def kept_runs(data: Path) -> list[dict[str, Any]]:
    """List the runs below the data folder, oldest first.

    Each has `id`, `state` (completed, failed, interrupted or unfinished), `rounds` (number of
    finished rounds), `accuracy`, `loss` and `modelSha256`, `reason` (why it is not completed),
    `bytes` on the volume, `started`, `ended`, and `spec`, the settings of the run; null where it is
    not known. An unreadable file counts as missing: the list is for a person who decides which runs
    to keep.
    """
    folders = [path for path in (data / "runs").glob("*") if path.is_dir()]
    return [_described(path) for path in sorted(folders, key=lambda path: path.stat().st_ctime)]


def _described(folder: Path) -> dict[str, Any]:
    result = _read(folder / "result.json")
    failed = {} if result else _read(folder / "failed.json")
    record = _read(folder / "run.json")
    rounds, last = _rounds(folder / "metrics.jsonl")
    return {
        "id": folder.name,
        "state": _state(result, failed),
        "rounds": rounds,
        "accuracy": result.get("accuracy", last.get("accuracy")),
        "loss": result.get("loss", last.get("loss")),
        "modelSha256": result.get("modelSha256"),
        "reason": failed.get("reason"),
        "bytes": folder_size(folder),
        "started": record.get("started"),
        "ended": _changed(folder / ("result.json" if result else "failed.json")),
        "spec": record.get("spec"),
    }


def _state(result: dict[str, Any], failed: dict[str, Any]) -> str:
    if result:
        return "completed"
    if (failed.get("failure") or {}).get("interrupted", False):
        return "interrupted"
    return "failed" if failed else "unfinished"


def _read(file: Path) -> dict[str, Any]:
    try:
        return _object(file.read_text())
    except OSError:
        return {}


def _object(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _rounds(file: Path) -> tuple[int, dict[str, Any]]:
    """Return the number of finished rounds and the entry of the last."""
    try:
        lines = file.read_text().splitlines()
    except OSError:
        return 0, {}
    return len(lines), _object(lines[-1]) if lines else {}


def _changed(file: Path) -> str | None:
    """Return when a file was written, as RFC 3339 in UTC; None if there is none."""
    try:
        time = file.stat().st_mtime
    except OSError:
        return None
    return datetime.fromtimestamp(time, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
