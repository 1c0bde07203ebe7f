"""A file with the last lines of a process; it does not grow beyond a bound."""

import os
import re
import threading
from pathlib import Path

from kubeflower.clock import now
from kubeflower.printed_lines import BEGAN, MARK, NOT_KEPT, note

_LOST = re.compile(rf"^\S+ {MARK} (\d+) [a-z ]*not kept\n".encode(), re.M)
_BEGAN = re.compile(rf"^\S+ {MARK} .*{BEGAN}.*\n".encode(), re.M)


class LogFile:
    """Takes lines at any time, and appends them to the file when `write` is called."""

    def __init__(self, path: Path, temporary: Path, most: int) -> None:
        """Make no file yet: the first lines do.

        Args:
            path: The file; lines of an earlier process stay in it.
            temporary: Name for a shorter file until it takes the file's place.
            most: Bytes of the file, and of lines that wait for `write`.
        """
        self.path = path
        self._temporary = temporary
        self._most = most
        self._lock = threading.Lock()
        self._waiting: list[bytes] = []
        self._size = 0
        self._lost = 0
        self._is_torn = True
        """Whether the file may end within a line."""

    def add(self, lines: bytes) -> None:
        """Add lines, the last one's end included; beyond the bound the oldest ones are lost."""
        with self._lock:
            self._waiting.append(lines)
            self._size += len(lines)
            while self._size > self._most and len(self._waiting) > 1:
                oldest = self._waiting.pop(0)
                self._size -= len(oldest)
                self._lost += oldest.count(b"\n")

    def write(self, has_room: bool = True) -> None:
        """Write the lines that wait; only one thread at a time.

        Args:
            has_room: Whether the volume has room for lines; else they are lost.

        Raises:
            OSError: e.g. the disk is full: the lines are lost, too. The next ones that can be
                written say how many.
        """
        # Not under the lock while writing: a slow volume must not hold up who adds lines.
        with self._lock:
            lines, self._waiting, self._size = b"".join(self._waiting), [], 0
            lost, self._lost = self._lost, 0
        if not lines:
            self._lost += lost
        elif not has_room:
            self._lost += lost + lines.count(b"\n")
        else:
            head = note(f"{lost} lines had no room and {NOT_KEPT}", now()) if lost else b""
            try:
                self._append(head + lines)
            except OSError:
                self._lost += lost + lines.count(b"\n")
                self._is_torn = True
                raise

    def _append(self, lines: bytes) -> None:
        self.path.parent.mkdir(exist_ok=True)
        with self.path.open("a+b") as file:
            size = file.seek(0, os.SEEK_END)
            if self._is_torn and size:
                file.seek(size - 1)
                lines = (b"" if file.read() == b"\n" else b"\n") + lines
            if size + len(lines) <= self._most:
                file.write(lines)
            else:
                file.seek(0)
                self._renew(file.read() + lines)
        self._is_torn = False

    def _renew(self, lines: bytes) -> None:
        """Replace the file by the newest half of what it may hold, and say what is left out."""
        begin = lines.find(b"\n", len(lines) - self._most // 2) + 1
        cut, kept = lines[:begin], lines[begin:]
        counts = [int(count) for count in _LOST.findall(cut)]
        number = cut.count(b"\n") - len(counts) + sum(counts)
        time = kept.split(b" ", 1)[0].decode(errors="replace")
        # The process that has printed the lines must remain known.
        head = b"".join(_BEGAN.findall(cut)[-1:]) + note(f"{number} earlier lines {NOT_KEPT}", time)
        self._temporary.write_bytes(head + kept)
        self._temporary.rename(self.path)
