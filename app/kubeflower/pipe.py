"""Frames of the stream and short notes between a client's two processes, on one socket."""

import json
import select
import socket
import struct
from typing import Any

FRAME, NOTE, CUT = b"F", b"N", b"C"
"""A frame of the stream; JSON between the two; the stream has ended, and another begins."""

SOCKET = 3
"""The descriptor by which the app's process knows its end."""

MOST = 4 << 20
"""Bytes of a frame: a chunk of the stream, and lengths."""

_HEAD = struct.Struct("<cI")
_SMALL = 1 << 14


class Pipe:
    """One end; may be written to by one thread while another reads."""

    def __init__(self, end: socket.socket) -> None:
        self._socket = end
        end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4 << 20)

    def send(self, kind: bytes, data: bytes = b"") -> None:
        """Send once there is room.

        Raises:
            OSError: the other end is gone.
        """
        head = _HEAD.pack(kind, len(data))
        if len(data) <= _SMALL:
            self._socket.sendall(head + data)
        else:
            self._socket.sendall(head)
            self._socket.sendall(data)

    def note(self, **said: Any) -> None:
        """Send a note."""
        self.send(NOTE, json.dumps(said).encode())

    def receive(self) -> tuple[bytes, bytes] | None:
        """Wait for what comes next: its kind and its data; None when the other end is gone."""
        try:
            head = self._socket.recv(_HEAD.size, socket.MSG_WAITALL)
            if len(head) < _HEAD.size:
                return None
            kind, length = _HEAD.unpack(head)
            if kind not in (FRAME, NOTE, CUT) or length > MOST:
                return None  # somebody else writes to the descriptor
            data = self._socket.recv(length, socket.MSG_WAITALL) if length else b""
        except ConnectionError:
            return None
        return (kind, data) if len(data) == length else None

    def wait(self, wake: int) -> bool:
        """Wait until something has come; False when descriptor `wake` can be read first."""
        poll = select.poll()
        poll.register(self._socket, select.POLLIN)
        poll.register(wake, select.POLLIN)
        return wake not in (descriptor for descriptor, _ in poll.poll())

    def close(self) -> None:
        """Close this end."""
        self._socket.close()
