"""The socket between a client's two processes: frames of the stream, and short notes."""

import json
import select
import socket
import struct
from typing import Any

FRAME = b"F"
"""A frame of the stream."""
NOTE = b"N"
"""JSON from one process to the other."""
CUT = b"C"
"""The stream has ended, and another begins; no data."""

SOCKET = 3
"""Number of the app process's descriptor for its end."""

MAX_FRAME = 4 << 20
"""Bytes of a frame: a chunk of the stream, and lengths."""

_HEAD = struct.Struct("<cI")
_SMALL = 1 << 14
"""Bytes up to which data is sent together with its head."""


class Pipe:
    """One end of the socket; one thread may write while another reads."""

    def __init__(self, end: socket.socket) -> None:
        self._socket = end
        end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4 << 20)

    def send(self, kind: bytes, data: bytes = b"") -> None:
        """Send data; waits until there is room for it.

        Raises:
            OSError: the other end is closed.
        """
        head = _HEAD.pack(kind, len(data))
        if len(data) <= _SMALL:
            self._socket.sendall(head + data)
        else:
            self._socket.sendall(head)
            self._socket.sendall(data)

    def note(self, **values: Any) -> None:
        """Send values as a NOTE; raises as `send` does."""
        self.send(NOTE, json.dumps(values).encode())

    def receive(self) -> tuple[bytes, bytes] | None:
        """Wait for the next kind and data; None when the other end is closed."""
        try:
            head = self._socket.recv(_HEAD.size, socket.MSG_WAITALL)
            if len(head) < _HEAD.size:
                return None
            kind, length = _HEAD.unpack(head)
            if kind not in (FRAME, NOTE, CUT) or length > MAX_FRAME:
                return None  # the app has written to this descriptor
            data = self._socket.recv(length, socket.MSG_WAITALL) if length else b""
        except ConnectionError:
            return None
        return (kind, data) if len(data) == length else None

    def wait(self, seconds: float, *wakes: int) -> bool:
        """Wait until data has come; returns False if it has not.

        Args:
            seconds: Time to wait.
            wakes: Descriptors that end the waiting when they can be read.
        """
        poll = select.poll()
        for descriptor in (self._socket.fileno(), *wakes):
            poll.register(descriptor, select.POLLIN)
        ready = {descriptor for descriptor, _ in poll.poll(1000 * seconds)}
        return bool(ready) and ready.isdisjoint(wakes)

    def close(self) -> None:
        """Close this end."""
        self._socket.close()
