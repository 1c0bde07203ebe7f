"""List the runs whose folders are on the server's volume."""

import json
from pathlib import Path
from typing import Any


def kept_runs(data: Path) -> list[dict[str, Any]]:
    """List the runs below the data folder, oldest first.

    Each has `id`, `state` (completed, failed, interrupted or unfinished), `rounds` (number of
    finished rounds), `accuracy` and `modelSha256` (null if unknown). An unreadable file counts as
    missing: the list is for a person who decides which runs to keep.
    """
    folders = [path for path in (data / "runs").glob("*") if path.is_dir()]
    return [_described(path) for path in sorted(folders, key=lambda path: path.stat().st_ctime)]


def _described(folder: Path) -> dict[str, Any]:
    result = _read(folder / "result.json")
    failed = _read(folder / "failed.json")
    return {
        "id": folder.name,
        "state": _state(result, failed),
        "rounds": _rounds(folder / "metrics.jsonl"),
        "accuracy": result.get("accuracy"),
        "modelSha256": result.get("modelSha256"),
    }


def _state(result: dict[str, Any], failed: dict[str, Any]) -> str:
    if result:
        return "completed"
    if (failed.get("failure") or {}).get("interrupted", False):
        return "interrupted"
    return "failed" if failed else "unfinished"


def _read(file: Path) -> dict[str, Any]:
    try:
        value = json.loads(file.read_text())
    except (OSError, ValueError):
        return {}
    return value if isinstance(value, dict) else {}


def _rounds(file: Path) -> int:
    try:
        return len(file.read_text().splitlines())
    except OSError:
        return 0
