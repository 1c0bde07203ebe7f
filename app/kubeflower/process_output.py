"""Pass on what a process prints, in whole lines, and keep its last lines."""

import collections
import contextlib
import os
import re
import sys
import threading

MAX_LINES = 20
"""Lines that are kept."""
MAX_KEPT = 4096
"""Characters of all lines that are kept."""
MAX_LINE = 400
"""Characters of one line that is kept; the rest is cut off."""
LONGEST = 1 << 16
"""Bytes after which a line without an end is passed on in pieces."""


class ProcessOutput:
    """Reads a pipe in a thread until every writer has closed it."""

    def __init__(self, source: int) -> None:
        """Start to read.

        Args:
            source: Descriptor of the pipe; closed at its end.
        """
        self._source = source
        self._kept: collections.deque[str] = collections.deque(maxlen=MAX_LINES)
        self._begun = b""
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def last(self, seconds: float = 1.0) -> list[str]:
        """Return the last lines, once all is read or after `seconds`."""
        self._thread.join(seconds)
        lines: list[str] = []
        room = MAX_KEPT
        for line in reversed([*self._kept, *map(_text, self._begun.splitlines())]):
            room -= len(line)
            if room < 0:
                break
            if line:
                lines.insert(0, line)
        return lines[-MAX_LINES:]

    def _read(self) -> None:
        while data := os.read(self._source, LONGEST):
            whole, newline, self._begun = (self._begun + data).rpartition(b"\n")
            if len(self._begun) > LONGEST:
                whole += newline + self._begun
                newline = self._begun = b""
            self._kept.extend(filter(None, map(_text, whole.splitlines())))
            _pass_on(whole + newline)
        _pass_on(self._begun + b"\n" if self._begun else b"")
        os.close(self._source)


def _text(line: bytes) -> str:
    """Convert a line for use in a sentence: printable, one line, without colours."""
    text = re.sub(r"\x1b\[[\d;]*[A-Za-z]", "", line.decode(errors="replace"))
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:MAX_LINE]


def _pass_on(data: bytes) -> None:
    # Through sys.stdout: a direct write to the descriptor could tear lines that are printed here.
    with contextlib.suppress(OSError, ValueError):
        if data:
            sys.stdout.buffer.write(data)
            sys.stdout.buffer.flush()
