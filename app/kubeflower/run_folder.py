"""The run's folder on the volume; every file appears whole or not at all."""

import hashlib
import json
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from kubeflower import plain_json, volume

RESERVE = ".room"
"""Name of a file that only reserves space: it is removed to write a failure on a full volume."""
RESERVE_BYTES = 64 << 10


def write_whole(path: Path, pieces: Sequence[bytes]) -> None:
    """Write a file whole: temporary file → fsync → rename → fsync of the folder.

    Raises:
        volume.NoRoom: the disk is full. An older file at `path` is unchanged.
        OSError: the file could not be written for another reason; the same holds.
    """
    temporary = path.with_name(f".{path.name}.tmp")
    try:
        with temporary.open("wb") as file:
            file.writelines(pieces)
            file.flush()
            os.fsync(file.fileno())
        temporary.rename(path)
    except BaseException as error:
        temporary.unlink(missing_ok=True)
        if isinstance(error, OSError) and volume.is_full(error):
            raise volume.NoRoom(error, sum(map(len, pieces))) from error
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


class RunFolder:
    """The folder runs/<run>/ below the data folder."""

    def __init__(self, data: str, run: str) -> None:
        self.data = Path(data)
        self.path = self.data / "runs" / run
        self.make_room: Callable[[], None] = lambda: None
        """Called on a full volume: removes files that the run does not need."""

    def make(self) -> None:
        """Create the folder and its `work`; remove files that a killed process left half written.

        Raises:
            OSError: e.g. the disk is full.
        """
        (self.path / "work").mkdir(parents=True, exist_ok=True)
        for torn in self.path.glob(".*.tmp"):
            torn.unlink()

    def reserve_space(self) -> None:
        """Reserve the space that writing a failure will need, if there is as much."""
        try:
            write_whole(self.path / RESERVE, [bytes(RESERVE_BYTES)])
        except OSError as error:
            print(f"no space is reserved for writing a failure: {error}")

    def free_reserve(self) -> None:
        """Free the space that `reserve_space` has taken."""
        (self.path / RESERVE).unlink(missing_ok=True)

    def write(self, name: str, data: bytes) -> str:
        """Write a file whole; on a full volume make room and try once more.

        Returns the sha256 of `data` in hex.

        Raises:
            OSError: e.g. volume.NoRoom, if the disk is still full.
        """
        try:
            write_whole(self.path / name, [data])
        except OSError as error:
            if not volume.is_full(error):
                raise
            self.make_room()
            write_whole(self.path / name, [data])
        return hashlib.sha256(data).hexdigest()

    def write_json(self, name: str, value: Any) -> None:
        """Write a JSON file; raises as `write` does."""
        self.write(name, (plain_json.text(value) + "\n").encode())

    def read_json(self, name: str) -> Any:
        """Read a JSON file; None if it is missing or damaged."""
        path = self.path / name
        if not path.exists():
            return None
        try:
            return json.loads(path.read_text())
        except ValueError as error:
            print(f"{path.name} is skipped: {type(error).__name__}: {error}")
            return None

    def append_json(self, name: str, value: Any) -> None:
        """Append a JSON line; without fsync, as the checkpoint holds the same.

        Raises:
            OSError: e.g. the disk is full; a part of the line may be written.
        """
        with (self.path / name).open("a") as file:
            file.write(plain_json.text(value) + "\n")

    def read_lines(self, name: str) -> list[Any]:
        """Read a file of JSON lines; damaged lines are skipped."""
        path = self.path / name
        values = []
        for line in path.read_bytes().splitlines() if path.exists() else []:
            try:
                values.append(json.loads(line))
            except ValueError as error:
                print(f"a line of {name} is skipped: {type(error).__name__}: {error}")
        return values

    def remove(self, name: str) -> None:
        """Remove a file if it exists."""
        (self.path / name).unlink(missing_ok=True)
