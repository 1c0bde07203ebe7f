"""The run's folder on the volume; every file appears whole or not at all."""

import hashlib
import json
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from kubeflower import plain_json, volume

ROOM = ".room"
"""A file that only takes room: it is removed when a failure has to be written on a full volume."""
ROOM_BYTES = 64 << 10


def write_whole(path: Path, pieces: Sequence[bytes]) -> None:
    """Write temp → fsync → rename → fsync(folder).

    Raises:
        volume.NoRoom: the disk is full; what was there before is still there.
        OSError: it could not be written for another reason; the same holds.
    """
    temporary = path.with_name(f".{path.name}.tmp")
    try:
        with temporary.open("wb") as file:
            file.writelines(pieces)
            file.flush()
            os.fsync(file.fileno())
        temporary.rename(path)
    except BaseException as fault:
        temporary.unlink(missing_ok=True)
        if isinstance(fault, OSError) and volume.is_full(fault):
            raise volume.NoRoom(fault, sum(map(len, pieces))) from fault
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


class RunFolder:
    """runs/<run>/ below the data folder."""

    def __init__(self, data: str, run: str) -> None:
        self.data = Path(data)
        self.path = self.data / "runs" / run
        self.make_room: Callable[[], None] = lambda: None
        """Removes what the run can do without, when the volume is full."""

    def make(self) -> None:
        """Make the folder and its `work`, without what a killed process was writing.

        Raises:
            OSError: e.g. the disk is full.
        """
        (self.path / "work").mkdir(parents=True, exist_ok=True)
        for torn in self.path.glob(".*.tmp"):
            torn.unlink()

    def keep_room(self) -> None:
        """Take the room that the news of a failure will need, when there is as much."""
        try:
            write_whole(self.path / ROOM, [bytes(ROOM_BYTES)])
        except OSError as fault:
            print(f"no room is kept for the news of a failure: {fault}")

    def give_room(self) -> None:
        """Give back what `keep_room` has taken."""
        (self.path / ROOM).unlink(missing_ok=True)

    def write(self, name: str, data: bytes) -> str:
        """Write a file whole; returns the sha256 of its content.

        On a full volume it makes room and tries once more.

        Raises:
            OSError: e.g. volume.NoRoom, when the disk is full all the same.
        """
        try:
            write_whole(self.path / name, [data])
        except OSError as fault:
            if not volume.is_full(fault):
                raise
            self.make_room()
            write_whole(self.path / name, [data])
        return hashlib.sha256(data).hexdigest()

    def write_json(self, name: str, value: Any) -> None:
        """Write a JSON file; raises as `write` does."""
        self.write(name, (plain_json.text(value) + "\n").encode())

    def read_json(self, name: str) -> Any:
        """The file's value, or None when there is none or the file is damaged."""
        path = self.path / name
        if not path.exists():
            return None
        try:
            return json.loads(path.read_text())
        except ValueError as fault:
            print(f"{path.name} is skipped: {type(fault).__name__}: {fault}")
            return None

    def append_json(self, name: str, value: Any) -> None:
        """Add a JSON line; not synced: it can be made again from the checkpoint.

        Raises:
            OSError: e.g. the disk is full; the line may be there in part.
        """
        with (self.path / name).open("a") as file:
            file.write(plain_json.text(value) + "\n")

    def read_lines(self, name: str) -> list[Any]:
        """The values of a file of JSON lines, without those that are torn."""
        path, values = self.path / name, []
        for line in path.read_bytes().splitlines() if path.exists() else []:
            try:
                values.append(json.loads(line))
            except ValueError as fault:
                print(f"a line of {name} is skipped: {type(fault).__name__}: {fault}")
        return values

    def remove(self, name: str) -> None:
        """Remove a file if it is there."""
        (self.path / name).unlink(missing_ok=True)
