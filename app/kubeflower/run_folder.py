"""The run's folder on the volume; every file appears whole or not at all."""

import hashlib
import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any


def write_whole(path: Path, pieces: Iterable[bytes]) -> None:
    """Write temp → fsync → rename → fsync(folder).

    Raises:
        OSError: e.g. the disk is full; what was there before is still there.
    """
    temporary = path.with_name(f".{path.name}.tmp")
    try:
        with temporary.open("wb") as file:
            file.writelines(pieces)
            file.flush()
            os.fsync(file.fileno())
        temporary.rename(path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


class RunFolder:
    """runs/<run>/ below the data folder."""

    def __init__(self, data: str, run: str) -> None:
        self.path = Path(data) / "runs" / run
        (self.path / "work").mkdir(parents=True, exist_ok=True)

    def write(self, name: str, data: bytes) -> str:
        """Write a file whole; returns the sha256 of its content."""
        write_whole(self.path / name, [data])
        return hashlib.sha256(data).hexdigest()

    def write_json(self, name: str, value: Any) -> None:
        """Write a JSON file."""
        self.write(name, (json.dumps(value) + "\n").encode())

    def read_json(self, name: str) -> Any:
        """The file's value, or None when there is none."""
        path = self.path / name
        return json.loads(path.read_text()) if path.exists() else None

    def append_json(self, name: str, value: Any) -> None:
        """Add a JSON line; not synced: it can be made again from the checkpoint."""
        with (self.path / name).open("a") as file:
            file.write(json.dumps(value) + "\n")
