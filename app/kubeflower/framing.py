"""Messages on the gRPC stream: a first frame that says the parts' lengths, then their bytes."""

import io
import struct
from collections.abc import Iterable, Iterator, Sequence

METHOD = "/kubeflower.Stream/Join"
CHUNK = 2 << 20
HELLO = b"H"
MESSAGE = b"M"
STATE = b"S"
FAULT = b"F"
"""Kind of a frame of a client whose app process has ended; JSON as in client_fault.py."""
END = b"E"
"""To a client: its time is over, it ends its app process; one part that says nothing."""
KINDS = (HELLO, MESSAGE, STATE, FAULT, END)
SHORT = (HELLO, FAULT, END)
MOST_PARTS = 1 << 16
MOST_SHORT = 1 << 20
"""Bytes of a message of the SHORT kinds, which is one frame: a run config, and room."""

# A silent peer is noticed after time + timeout = 9 s; strikes 0 lets both sides ping that often.
# The ping's own time-out is a minute unless it is set, and the keep-alive's does not shorten it.
OPTIONS = [
    ("grpc.keepalive_time_ms", 4000),
    ("grpc.keepalive_timeout_ms", 5000),
    ("grpc.http2.ping_timeout_ms", 5000),
    ("grpc.keepalive_permit_without_calls", 1),
    ("grpc.http2.max_pings_without_data", 0),
    ("grpc.http2.max_ping_strikes", 0),
    ("grpc.http2.min_ping_interval_without_data_ms", 1000),
    ("grpc.so_reuseport", 0),
    # What comes is taken one chunk ahead: by its own probing gRPC takes tens of megabytes (ADR 7).
    ("grpc.http2.bdp_probe", 0),
    ("grpc.http2.lookahead_bytes", CHUNK),
    # Who connects and says nothing holds a connection: two minutes unless it is set.
    ("grpc.server_handshake_timeout_ms", 10_000),
    # A first frame also holds the lengths of up to MOST_PARTS parts.
    ("grpc.max_receive_message_length", CHUNK + 8 * MOST_PARTS + 5),
]

_HEAD = struct.Struct("<cI")


class BrokenStream(ValueError):
    """What came is no message of this protocol."""


def split(kind: bytes, parts: Sequence[bytes]) -> Iterator[bytes]:
    """Cut a message into frames of at most CHUNK bytes beside the lengths."""
    lengths = struct.pack(f"<{len(parts)}Q", *map(len, parts))
    yield _HEAD.pack(kind, len(parts)) + lengths + parts[0][:CHUNK]
    for index, part in enumerate(parts):
        for start in range(0 if index else CHUNK, len(part), CHUNK):
            yield part if len(part) <= CHUNK else part[start : start + CHUNK]


def join(frames: Iterable[bytes]) -> Iterator[tuple[bytes, list[bytes]]]:
    """Put frames together again: (kind, parts) for each message.

    Raises:
        BrokenStream: a frame is not of this protocol.
    """
    source = iter(frames)
    for frame in source:
        kind, lengths, start = _lengths(frame)
        begun = frame[start:]
        del frame  # nor is it kept while more comes
        parts = [_part(begun, lengths[0], source)]
        del begun
        parts += [_part(b"", length, source) for length in lengths[1:]]
        yield kind, parts
        del parts  # not kept while the next one is waited for


class Follower:
    """Tells where messages begin and end among frames that are passed on as they come."""

    def __init__(self) -> None:
        self.kind = b""
        """Kind of the message that the last frame belongs to."""
        self.left = 0
        """Bytes of it that are still to come."""

    def follow(self, frame: bytes) -> bool:
        """Take the next frame; returns whether a message begins with it.

        Raises:
            BrokenStream: it is not of this protocol.
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
    if len(frame) < _HEAD.size:
        raise BrokenStream(f"a first frame of {len(frame)} bytes")
    kind, count = _HEAD.unpack_from(frame)
    start = _HEAD.size + 8 * count
    if kind not in KINDS or not 1 <= count <= MOST_PARTS or len(frame) < start:
        raise BrokenStream(f"a first frame of kind {kind!r} with {count} parts")
    lengths = struct.unpack_from(f"<{count}Q", frame, _HEAD.size)
    if kind in SHORT and sum(lengths) > MOST_SHORT:
        raise BrokenStream(f"a message of kind {kind!r} with {sum(lengths)} bytes")
    return kind, lengths, start


def _part(begun: bytes, length: int, source: Iterator[bytes]) -> bytes:
    """The part of `length` bytes that begins with `begun`; a single piece is not copied."""
    piece = begun or (next(source, b"") if length else b"")
    if len(piece) == length:
        return piece
    # Grows with what comes: neither the pieces nor the promised length take memory beside it. Its
    # first bytes at once: malloc then maps it, and growing neither copies nor splits the heap.
    whole, got = io.BytesIO(), 0
    whole.seek(max(0, min(length, 4 * CHUNK) - 1))
    whole.write(b"\0")
    whole.seek(0)
    while piece:
        got += whole.write(piece)
        if got >= length:
            break
        piece = next(source, b"")
    if got != length:
        what = "ends after" if got < length else "has"
        raise BrokenStream(f"a part of {length} bytes {what} {got}")
    return whole.getvalue()
