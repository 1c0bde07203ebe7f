"""A client's Context.state, also kept by the server: whoever goes on from there goes on alike.

The server's is the state after the last reply it has taken. A client that has answered in vain, or
is a new process, gets it when it joins, so that the same question is answered from the same state.
"""

import hashlib
from collections.abc import Sequence

from flwr.app import RecordDict

from kubeflower import codec


def pack(state: RecordDict) -> list[bytes]:
    """The state's parts; none for an empty one."""
    return codec.encode_records(state) if state else []


def unpack(parts: Sequence[bytes]) -> RecordDict:
    """Inverse of `pack`.

    Raises:
        ValueError: the parts are not those of a state.
    """
    return codec.decode_records(parts) if parts else RecordDict()


def digest(parts: Sequence[bytes]) -> str:
    """sha256 of the parts; empty for none."""
    return hashlib.sha256(b"".join(parts)).hexdigest() if parts else ""
