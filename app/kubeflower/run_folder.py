"""The run's folder on the volume; every file appears whole or not at all."""

import hashlib
import json
import os
from pathlib import Path
from typing import Any


class RunFolder:
    """runs/<run>/ below the data folder."""

    def __init__(self, data: str, run: str) -> None:
        self.path = Path(data) / "runs" / run
        (self.path / "work").mkdir(parents=True, exist_ok=True)

    def write(self, name: str, data: bytes) -> str:
        """Write temp → fsync → rename → fsync(folder); returns the sha256 of the content."""
        temporary = self.path / f".{name}.tmp"
        with temporary.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.rename(self.path / name)
        folder = os.open(self.path, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)
        return hashlib.sha256(data).hexdigest()

    def write_json(self, name: str, value: Any) -> None:
        """Write a JSON file."""
        self.write(name, (json.dumps(value) + "\n").encode())

    def read_json(self, name: str) -> Any:
        """The file's value, or None when there is none."""
        path = self.path / name
        return json.loads(path.read_text()) if path.exists() else None

    def write_lines(self, name: str, values: list[Any]) -> None:
        """Write one JSON line for each value."""
        self.write(name, "".join(json.dumps(value) + "\n" for value in values).encode())
