"""The runs whose folders are on the server's volume."""

import json
from pathlib import Path
from typing import Any


def kept_runs(data: Path) -> list[dict[str, Any]]:
    """List the runs below the data folder, oldest first.

    Each has `id`, `state` (completed, failed, interrupted or unfinished), `rounds` (finished ones),
    `accuracy` and `modelSha256` (null where there is none). A file that cannot be read counts as
    missing: the list is for a person who decides what to keep.
    """
    folders = [path for path in (data / "runs").glob("*") if path.is_dir()]
    return [_described(path) for path in sorted(folders, key=lambda path: path.stat().st_ctime)]


def _described(folder: Path) -> dict[str, Any]:
    result, failed = _read(folder / "result.json"), _read(folder / "failed.json")
    interrupted = (failed.get("failure") or {}).get("interrupted", False)
    state = "interrupted" if interrupted else "failed" if failed else "unfinished"
    return {
        "id": folder.name,
        "state": "completed" if result else state,
        "rounds": _rounds(folder / "metrics.jsonl"),
        "accuracy": result.get("accuracy"),
        "modelSha256": result.get("modelSha256"),
    }


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
