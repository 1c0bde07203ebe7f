"""Frames on the gRPC stream: one kind byte, one last-chunk byte, then at most CHUNK bytes."""

from collections.abc import Iterable, Iterator

METHOD = "/kubeflower.Stream/Join"
CHUNK = 1 << 20
HELLO = b"H"
MESSAGE = b"M"

# A silent peer is noticed after time + timeout = 9 s; strikes 0 lets both sides ping that often.
OPTIONS = [
    ("grpc.keepalive_time_ms", 5000),
    ("grpc.keepalive_timeout_ms", 4000),
    ("grpc.keepalive_permit_without_calls", 1),
    ("grpc.http2.max_pings_without_data", 0),
    ("grpc.http2.max_ping_strikes", 0),
    ("grpc.http2.min_ping_interval_without_data_ms", 1000),
    ("grpc.so_reuseport", 0),
]


def split(kind: bytes, data: bytes) -> Iterator[bytes]:
    """Cut a message into frames."""
    last = max(0, len(data) - 1) // CHUNK
    for index in range(last + 1):
        chunk = data[index * CHUNK : (index + 1) * CHUNK]
        yield kind + (b"\1" if index == last else b"\0") + chunk


def join(frames: Iterable[bytes]) -> Iterator[tuple[bytes, bytes]]:
    """Put frames together again: (kind, data) for each message."""
    parts: list[bytes] = []
    for frame in frames:
        parts.append(frame[2:])
        if frame[1:2] == b"\1":
            yield frame[:1], b"".join(parts)
            parts = []
