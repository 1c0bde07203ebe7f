"""Serialise a client's Context.state. The server keeps a copy, so a restarted client continues.

The copy is the state after the last reply that the server has accepted. A client whose answer was
lost, or that restarted, receives it when it joins and so answers a repeated request identically.
"""

import hashlib
from collections.abc import Sequence

from flwr.app import RecordDict

from kubeflower import codec


def pack(state: RecordDict) -> list[bytes]:
    """Return the state's parts; an empty list for an empty state."""
    return codec.encode_records(state) if state else []


def unpack(parts: Sequence[bytes]) -> RecordDict:
    """Read the parts that `pack` has made.

    Raises:
        ValueError: the parts do not make up a state.
    """
    return codec.decode_records(parts) if parts else RecordDict()


def digest(parts: Sequence[bytes]) -> str:
    """Return the sha256 of the parts in hex; an empty string for an empty state."""
    return hashlib.sha256(b"".join(parts)).hexdigest() if parts else ""
