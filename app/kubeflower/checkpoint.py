"""Checkpoint files of a run: written whole or not at all; the newest whole one is loaded."""

import hashlib
import json
import struct
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from kubeflower import packing, volume
from kubeflower.memory import LARGE
from kubeflower.run_folder import write_whole

MAGIC = b"kubeflower checkpoint 1\n"
"""First bytes of a checkpoint file."""
KEPT = 2
"""Checkpoints that stay on the volume during a run."""
REST = 0.05
"""Seconds between two writes: rounds of milliseconds would spend much of their time on writing."""

DIGEST = hashlib.sha256().digest_size


class Checkpoints:
    """Writes checkpoints in a thread, so that rounds do not wait for the disk.

    When rounds finish faster than they can be written (one in REST and a write's time), only the
    newest is. A crash loses at most the last round, or the rounds of that time.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._changed = threading.Condition()
        self._next: tuple[int, list[bytes]] | None = None
        self._busy = False
        self._hurry = threading.Event()
        self._error: BaseException | None = None
        self._files_lock = threading.RLock()
        self._whole: set[Path] = set()
        threading.Thread(target=self._write_all, daemon=True).start()

    def save(self, number: int, state: Any) -> None:
        """Keep `state` as the state after round `number` (1 or more).

        A large state waits until earlier ones are written: they hold older models in memory.

        Raises:
            OSError: an earlier state could not be written, e.g. the disk is full.
            packing.NotPlain: the state holds an object that cannot be packed.
        """
        blobs: list[bytes] = []
        head = json.dumps(packing.pack(state, blobs), allow_nan=False).encode()
        if sum(map(len, blobs)) >= LARGE:
            self.flush()
        with self._changed:
            self._raise_error()
            self._next = (number, [head, *blobs])
            self._changed.notify_all()

    def flush(self) -> None:
        """Wait until the newest state is on the disk.

        Raises:
            OSError: it could not be written.
            MemoryError: there was no memory to write it.
        """
        self.settle()
        with self._changed:
            self._raise_error()

    def settle(self) -> None:
        """Wait until nothing is left to write, whether or not writing succeeded."""
        with self._changed:
            self._hurry.set()
            self._changed.wait_for(lambda: self._next is None and not self._busy)
            self._hurry.clear()

    def load(self) -> tuple[int, Any] | None:
        """Load round and state of the newest whole checkpoint; None if there is none.

        Raises:
            MemoryError: there is no memory for it.
        """
        for path in reversed(self._files()):
            try:
                head, *blobs = read(path)
                return _number(path), packing.unpack(json.loads(head), blobs)
            except MemoryError:  # the file may be whole: an older one would lose a round
                raise
            except Exception as error:  # a damaged file may raise anything
                print(f"{path.name} is skipped: {type(error).__name__}: {error}")
        return None

    def keep_newest(self) -> None:
        """Remove all but the newest whole checkpoint; waits for a write in progress."""
        with self._files_lock:
            files = self._files()
            newest = next((path for path in reversed(files) if self._is_whole(path)), None)
            for path in files if newest else []:
                if path != newest:
                    path.unlink(missing_ok=True)

    def remove(self) -> None:
        """Remove all checkpoints: the run is completed."""
        self.settle()
        with self._files_lock:
            for path in self._files():
                path.unlink()

    def _raise_error(self) -> None:
        if self._error is not None:
            raise self._error

    def _files(self) -> list[Path]:
        return sorted(self.folder.glob("checkpoint-" + "[0-9]" * 9))

    def _is_whole(self, path: Path) -> bool:
        return path in self._whole or is_whole(path)

    def _write_all(self) -> None:
        """Write states as they come; the body of the thread."""
        rested = 0.0
        while True:
            number, parts = self._take(rested)
            try:
                self._write(self.folder / f"checkpoint-{number:09}", parts)
            except BaseException as error:  # the thread must go on, or `flush` would never return
                self._error = error
            del parts  # an old model
            with self._changed:
                self._busy = False
                self._changed.notify_all()
            rested = time.monotonic() + REST

    def _take(self, rested: float) -> tuple[int, list[bytes]]:
        """Wait for a state, and until `rested` unless somebody waits; returns round and parts."""
        with self._changed:
            self._changed.wait_for(lambda: self._next is not None)
        self._hurry.wait(max(0.0, rested - time.monotonic()))
        with self._changed:
            assert self._next is not None
            taken = self._next
            self._next = None
            self._busy = True
            self._changed.notify_all()
        return taken

    def _write(self, path: Path, parts: list[bytes]) -> None:
        """Write a checkpoint and keep KEPT; on a full disk remove the older ones first."""
        with self._files_lock:
            try:
                write(path, parts)
            except OSError as error:
                if not volume.is_full(error):
                    raise
                self.keep_newest()
                write(path, parts)
            self._whole.add(path)
            older = [file for file in self._files() if file < path]
            # Newer files are damaged: the run has continued from a checkpoint before them.
            newer = [file for file in self._files() if file > path]
            for file in [*older[: 1 - KEPT], *newer]:
                file.unlink(missing_ok=True)


def write(path: Path, parts: Sequence[bytes]) -> None:
    """Write a checkpoint file: MAGIC, the parts' number and lengths, the parts, a sha256 of all."""
    lengths = struct.pack(f"<I{len(parts)}Q", len(parts), *map(len, parts))
    pieces = [MAGIC, lengths, *parts]
    digest = hashlib.sha256()
    for piece in pieces:
        digest.update(piece)
    write_whole(path, [*pieces, digest.digest()])


def read(path: Path) -> list[bytes]:
    """Read the parts of a checkpoint file.

    Raises:
        ValueError: the file is damaged, or not a checkpoint.
    """
    data = path.read_bytes()
    body = memoryview(data)[:-DIGEST]
    if not data.startswith(MAGIC) or hashlib.sha256(body).digest() != data[-DIGEST:]:
        raise ValueError(f"{len(data)} bytes that do not match their sha256")
    position = len(MAGIC) + 4
    (count,) = struct.unpack_from("<I", body, position - 4)
    lengths = struct.unpack_from(f"<{count}Q", body, position)
    position += 8 * count
    parts = []
    for length in lengths:
        parts.append(bytes(body[position : position + length]))
        position += length
    return parts


def is_whole(path: Path) -> bool:
    """Return whether `read` would succeed; needs no memory for the file."""
    digest = hashlib.sha256()
    left = path.stat().st_size - DIGEST
    with path.open("rb") as file:
        begin = file.read(len(MAGIC))
        digest.update(begin)
        left -= len(begin)
        while left > 0 and (piece := file.read(min(left, LARGE))):
            digest.update(piece)
            left -= len(piece)
        return begin == MAGIC and left == 0 and file.read() == digest.digest()


def _number(path: Path) -> int:
    return int(path.name.rpartition("-")[2])
