"""Checkpoint files of a run: written whole or not at all, the newest that is whole is read."""

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
KEPT = 2
REST = 0.05
"""Seconds between two writes: rounds of milliseconds would spend a good part of theirs on them."""

DIGEST = hashlib.sha256().digest_size


class Checkpoints:
    """Writes in a thread of its own, so that a round does not wait for the disk.

    Of checkpoints that come faster than one in REST and a write's time only the newest is written:
    what is lost with the process is at most the last round, or the rounds of that time.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._changed = threading.Condition()
        self._next: tuple[int, list[bytes]] | None = None
        self._busy = False
        self._hurry = threading.Event()
        self._fault: BaseException | None = None
        self._files_lock = threading.RLock()
        self._whole: set[Path] = set()
        threading.Thread(target=self._write_all, daemon=True).start()

    def save(self, number: int, state: Any) -> None:
        """Keep `state` as that of round `number`, 1 or more.

        One that takes much memory waits until those before are on the disk: they hold older models.

        Raises:
            OSError: an earlier one could not be written, e.g. the disk is full.
            packing.NotPlain: the state has something in it that can't be kept.
        """
        blobs: list[bytes] = []
        head = json.dumps(packing.pack(state, blobs), allow_nan=False).encode()
        if sum(map(len, blobs)) >= LARGE:
            self.flush()
        with self._changed:
            self._raise()
            self._next = (number, [head, *blobs])
            self._changed.notify_all()

    def flush(self) -> None:
        """Wait until the newest is on the disk.

        Raises:
            OSError: it could not be written.
            MemoryError: there was no memory to write it.
        """
        self.settle()
        with self._changed:
            self._raise()

    def settle(self) -> None:
        """Wait until nothing is left to write, whether or not it could be written."""
        with self._changed:
            self._hurry.set()
            self._changed.wait_for(lambda: self._next is None and not self._busy)
            self._hurry.clear()

    def load(self) -> tuple[int, Any] | None:
        """The newest whole checkpoint: its round and state; None when there is none.

        Raises:
            MemoryError: there is no memory for it.
        """
        for path in reversed(self._files()):
            try:
                head, *blobs = read(path)
                return _number(path), packing.unpack(json.loads(head), blobs)
            except MemoryError:  # says nothing of the file: an older one would lose a round
                raise
            except Exception as fault:  # whatever a damaged file makes of itself
                print(f"{path.name} is skipped: {type(fault).__name__}: {fault}")
        return None

    def keep_newest(self) -> None:
        """Remove all but the newest that is whole; waits for one that is being written."""
        with self._files_lock:
            files = self._files()
            newest = next((path for path in reversed(files) if self._is_whole(path)), None)
            for path in files if newest else []:
                if path != newest:
                    path.unlink(missing_ok=True)

    def remove(self) -> None:
        """Remove all: the run is completed."""
        self.settle()
        with self._files_lock:
            for path in self._files():
                path.unlink()

    def _raise(self) -> None:
        if self._fault is not None:
            raise self._fault

    def _files(self) -> list[Path]:
        return sorted(self.folder.glob("checkpoint-" + "[0-9]" * 9))

    def _is_whole(self, path: Path) -> bool:
        return path in self._whole or is_whole(path)

    def _write_all(self) -> None:
        rested = 0.0
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._next is not None)
            self._hurry.wait(max(0.0, rested - time.monotonic()))
            with self._changed:
                assert self._next is not None
                (number, parts), self._next, self._busy = self._next, None, True
                self._changed.notify_all()
            try:
                self._write(self.folder / f"checkpoint-{number:09}", parts)
            except BaseException as fault:  # without this thread every flush would wait for ever
                self._fault = fault
            del parts  # an old model
            with self._changed:
                self._busy = False
                self._changed.notify_all()
            rested = time.monotonic() + REST

    def _write(self, path: Path, parts: list[bytes]) -> None:
        """Write a checkpoint, on a full disk in the room of the older ones, and keep two."""
        with self._files_lock:
            try:
                write(path, parts)
            except OSError as fault:
                if not volume.is_full(fault):
                    raise
                self.keep_newest()
                write(path, parts)
            self._whole.add(path)
            before = [old for old in self._files() if old < path]
            # Those after it are damaged: the run has gone on from one before them.
            after = [old for old in self._files() if old > path]
            for old in [*before[: 1 - KEPT], *after]:
                old.unlink(missing_ok=True)


def write(path: Path, parts: Sequence[bytes]) -> None:
    """The parts' lengths, the parts, their sha256."""
    lengths = struct.pack(f"<I{len(parts)}Q", len(parts), *map(len, parts))
    pieces = [MAGIC, lengths, *parts]
    digest = hashlib.sha256()
    for piece in pieces:
        digest.update(piece)
    write_whole(path, [*pieces, digest.digest()])


def read(path: Path) -> list[bytes]:
    """The parts of a file made by `write`.

    Raises:
        ValueError: the file is torn or not one of ours.
    """
    data = path.read_bytes()
    body, digest = memoryview(data)[:-DIGEST], data[-DIGEST:]
    if not data.startswith(MAGIC) or hashlib.sha256(body).digest() != digest:
        raise ValueError(f"{len(data)} bytes that do not match their sha256")
    at = len(MAGIC) + 4
    (count,) = struct.unpack_from("<I", body, at - 4)
    lengths = struct.unpack_from(f"<{count}Q", body, at)
    at += 8 * count
    parts = []
    for length in lengths:
        parts.append(bytes(body[at : at + length]))
        at += length
    return parts


def is_whole(path: Path) -> bool:
    """Whether `read` would take the file; does not take its size in memory."""
    digest, left = hashlib.sha256(), path.stat().st_size - DIGEST
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
