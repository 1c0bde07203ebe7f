"""Keep the newest lines that a process prints until they are sent or written elsewhere."""

import collections
import io
import os
import threading

from kubeflower.clock import now

ROOM = 32 << 10
"""Bytes of lines that `take` returns at most, unless a process sets another number."""
MAX_LINE = 4096
"""Characters of a line; the rest is cut off."""
MAX_BEGUN = 1 << 16
"""Bytes after which a line without an end counts as a line."""
MARK = "──"
"""Begins a line of the engine about the lines themselves."""
BEGAN = "whose process began"
"""Stands in a line that names the process of the lines after it, before its time."""
NOT_KEPT = "are not kept"
"""Ends a line that says how many lines are missing."""


class PrintedLines:
    """Lines that were printed since they were last taken, each with its time.

    A process that prints faster than its lines are taken loses the oldest ones: to print must take
    neither time nor memory.
    """

    def __init__(self, room: int = ROOM) -> None:
        self.room = room
        self.wanted = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        """Descriptor that can be read once somebody has asked for the lines."""
        self._lock = threading.Lock()
        self._chunks: collections.deque[tuple[str, bytes]] = collections.deque()
        self._size = 0
        self._dropped = 0
        self._keeps = True
        # A forked worker would fill a copy that nobody takes, or wait for a lock of another thread.
        os.register_at_fork(after_in_child=self._stop)

    def add(self, lines: bytes) -> None:
        """Add whole lines that are printed now, without the last one's end."""
        if not self._keeps:
            return
        with self._lock:
            self._chunks.append((now(), lines))
            self._size += len(lines)
            while self._size > 2 * self.room and len(self._chunks) > 1:
                _, oldest = self._chunks.popleft()
                self._size -= len(oldest)
                self._dropped += oldest.count(b"\n") + 1

    def take(self) -> bytes:
        """Return the newest lines, each as `<time> <text>` and its end; empty if there are none.

        The first one says how many are not among them, if any.
        """
        with self._lock:
            chunks, self._chunks = self._chunks, collections.deque()
            dropped, self._dropped, self._size = self._dropped, 0, 0
        taken: collections.deque[bytes] = collections.deque()
        left = self.room
        for time, chunk in reversed(chunks):
            for line in reversed(chunk.split(b"\n")):
                text = f"{time} {_text(line)}\n".encode() if left > 0 else b""
                left -= len(text)
                if left > 0:
                    taken.appendleft(text)
                else:
                    dropped += 1
        if dropped:
            first = taken[0].split(b" ", 1)[0].decode() if taken else now()
            taken.appendleft(note(f"{dropped} lines came too fast and {NOT_KEPT}", first))
        return b"".join(taken)

    def ask(self) -> None:
        """Ask for the lines at once; may be called by a signal handler."""
        os.eventfd_write(self.wanted, 1)

    def was_asked(self) -> bool:
        """Return whether somebody has asked since the last call."""
        try:
            return os.eventfd_read(self.wanted) > 0
        except BlockingIOError:
            return False

    def _stop(self) -> None:
        self._keeps = False


class Tee(io.RawIOBase):
    """Writes to a stream and adds its whole lines to PrintedLines."""

    def __init__(self, stream: io.RawIOBase, lines: PrintedLines) -> None:
        super().__init__()
        self._stream = stream
        self._lines = lines
        self._begun = b""

    def writable(self) -> bool:
        return True

    def isatty(self) -> bool:
        return self._stream.isatty()

    def fileno(self) -> int:
        return self._stream.fileno()

    def write(self, data: "bytes | memoryview[int]") -> int | None:  # type: ignore[override]
        written = self._stream.write(data)
        whole, newline, begun = (self._begun + bytes(data[: written or 0])).rpartition(b"\n")
        if len(begun) > MAX_BEGUN:
            whole, newline, begun = whole + newline + begun, b"\n", b""
        self._begun = begun
        if newline:
            self._lines.add(whole)
        return written


def note(text: str, time: str) -> bytes:
    """Make a line of the engine about the lines around it."""
    return f"{time} {MARK} {text}\n".encode()


def _text(line: bytes) -> str:
    """Convert a line to text; of a progress bar its last state remains."""
    text = line.rstrip(b"\r").rpartition(b"\r")[2].decode(errors="replace")
    return text if len(text) <= MAX_LINE else f"{text[:MAX_LINE]}…"
