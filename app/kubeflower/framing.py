"""Frames of the gRPC stream: cut a message into frames, and join frames to messages again.

A message is a kind (one byte) and one or more parts (bytes). Its first frame is the kind, the
number of parts as uint32, the length of each part as uint64, all little-endian, and the first bytes
of the first part. The following frames hold the rest, in pieces of at most CHUNK bytes.
"""

import io
import struct
from collections.abc import Iterable, Iterator, Sequence

CHUNK = 2 << 20
"""Bytes of a frame, not counting the lengths in a message's first frame."""

HELLO = b"H"
"""First message of each side; JSON. The client's claim, and the server's description of the run."""
MESSAGE = b"M"
"""A Flower message or its reply, see codec.py."""
STATE = b"S"
"""The client's Context.state, see client_state.py; one empty part is an empty state."""
FAULT = b"F"
"""From a client: its app process has ended; JSON as in client_fault.py."""
WORK = b"W"
"""From a client: time and cost of the reply that follows; JSON as in client_work.py."""
LOG = b"L"
"""From a client: lines that it has printed, see printed_lines.py; empty: all that were asked for.
To a client: send them at once. The one part has no meaning."""
PROBE = b"P"
"""From a client: whether it has reached what policies forbid, see policy_probe.py."""
END = b"E"
"""To a client: its time is over, end the app process. The one part has no meaning."""
KINDS = (HELLO, MESSAGE, STATE, FAULT, WORK, LOG, PROBE, END)

AHEAD = (STATE, WORK)
"""Kinds that a client sends ahead of a reply."""
SHORT = (HELLO, FAULT, WORK, LOG, PROBE, END)
"""Kinds of messages that fit into one frame."""
MAX_SHORT = 1 << 20
"""Upper bound of a SHORT message in bytes: its sender may be a stranger. A run config fits."""
MAX_PARTS = 1 << 16
"""Upper bound of the parts of a message."""

_HEAD = struct.Struct("<cI")


class BrokenStream(ValueError):
    """The received bytes are no message of this protocol."""


def split(kind: bytes, parts: Sequence[bytes]) -> Iterator[bytes]:
    """Cut a message into frames; parts of up to CHUNK bytes are not copied, but for the first."""
    lengths = struct.pack(f"<{len(parts)}Q", *map(len, parts))
    yield _HEAD.pack(kind, len(parts)) + lengths + parts[0][:CHUNK]
    for index, part in enumerate(parts):
        for start in range(0 if index else CHUNK, len(part), CHUNK):
            yield part if len(part) <= CHUNK else part[start : start + CHUNK]


def join(frames: Iterable[bytes]) -> Iterator[tuple[bytes, list[bytes]]]:
    """Join frames to messages: yields the kind and the parts of each.

    Holds no reference to a frame or a message longer than needed: they may be large.

    Raises:
        BrokenStream: a frame does not belong to this protocol.
    """
    source = iter(frames)
    for frame in source:
        kind, lengths, start = _lengths(frame)
        first = frame[start:]
        del frame
        parts = [_part(first, lengths[0], source)]
        del first
        parts += [_part(b"", length, source) for length in lengths[1:]]
        yield kind, parts
        del parts


class FrameTracker:
    """Finds where messages begin and end in a sequence of frames, without holding the frames."""

    def __init__(self) -> None:
        self.kind = b""
        """Kind of the message that the newest frame belongs to."""
        self.left = 0
        """Bytes of that message that are still to come."""

    def follow(self, frame: bytes) -> bool:
        """Take the next frame; returns whether a message begins with it.

        Raises:
            BrokenStream: the frame does not belong to this protocol.
        """
        begins = self.left == 0
        if begins:
            self.kind, lengths, start = _lengths(frame)
            self.left = sum(lengths) + start
        self.left -= len(frame)
        if self.left < 0:
            raise BrokenStream(f"a message has {-self.left} bytes too many")
        return begins


def _lengths(frame: bytes) -> tuple[bytes, tuple[int, ...], int]:
    """Read a first frame: the message's kind, its parts' lengths, where the first part begins."""
    if len(frame) < _HEAD.size:
        raise BrokenStream(f"a first frame of {len(frame)} bytes")
    kind, count = _HEAD.unpack_from(frame)
    start = _HEAD.size + 8 * count
    if kind not in KINDS or not 1 <= count <= MAX_PARTS or len(frame) < start:
        raise BrokenStream(f"a first frame of kind {kind!r} with {count} parts")
    lengths = struct.unpack_from(f"<{count}Q", frame, _HEAD.size)
    if kind in SHORT and sum(lengths) > MAX_SHORT:
        raise BrokenStream(f"a message of kind {kind!r} with {sum(lengths)} bytes")
    return kind, lengths, start


def _part(first: bytes, length: int, source: Iterator[bytes]) -> bytes:
    """Join the part of `length` bytes that begins with `first`; one frame alone is not copied."""
    piece = first or (next(source, b"") if length else b"")
    if len(piece) == length:
        return piece
    # A BytesIO grows with the pieces: neither they nor the announced length take memory beside it.
    # Its first bytes are reserved at once: malloc then maps them apart, so that growing neither
    # copies the part nor splits the heap.
    whole = io.BytesIO()
    whole.seek(max(0, min(length, 4 * CHUNK) - 1))
    whole.write(b"\0")
    whole.seek(0)
    received = 0
    while piece:
        received += whole.write(piece)
        if received >= length:
            break
        piece = next(source, b"")
    if received != length:
        problem = "ends after" if received < length else "has"
        raise BrokenStream(f"a part of {length} bytes {problem} {received}")
    return whole.getvalue()
