"""The output of a process, passed on in whole lines; its last lines are kept."""

import collections
import contextlib
import os
import re
import sys
import threading

LINES = 20
KEPT = 4096
"""Characters of all lines kept; LINE of each."""
LINE = 400
LONGEST = 1 << 16
"""Bytes after which a line that does not end is passed on in pieces."""


class Output:
    """Reads a pipe in a thread of its own until nobody can write to it any more."""

    def __init__(self, source: int) -> None:
        """`source`: descriptor of the pipe, closed at its end."""
        self._source = source
        self._kept: collections.deque[str] = collections.deque(maxlen=LINES)
        self._begun = b""
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def last(self, seconds: float = 1.0) -> list[str]:
        """The last lines, once all is read or `seconds` are over."""
        self._thread.join(seconds)
        lines: list[str] = []
        room = KEPT
        for line in reversed([*self._kept, *map(_text, self._begun.splitlines())]):
            room -= len(line)
            if room < 0:
                break
            if line:
                lines.insert(0, line)
        return lines[-LINES:]

    def _read(self) -> None:
        while data := os.read(self._source, LONGEST):
            whole, newline, self._begun = (self._begun + data).rpartition(b"\n")
            if len(self._begun) > LONGEST:
                whole, self._begun = whole + newline + self._begun, b""
                newline = b""
            self._kept.extend(filter(None, map(_text, whole.splitlines())))
            _pass_on(whole + newline)
        _pass_on(self._begun + b"\n" if self._begun else b"")
        os.close(self._source)


def _text(line: bytes) -> str:
    """The line as a sentence can quote it, without colours."""
    text = re.sub(r"\x1b\[[\d;]*[A-Za-z]", "", line.decode(errors="replace"))
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:LINE]


def _pass_on(data: bytes) -> None:
    # As what is printed here: a write of its own could tear those lines.
    with contextlib.suppress(OSError, ValueError):
        if data:
            sys.stdout.buffer.write(data)
            sys.stdout.buffer.flush()
