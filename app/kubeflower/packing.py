"""Pack plain values, arrays and Flower's records as JSON, with the large bytes apart."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from flwr.app import Array, ArrayRecord, ConfigRecord, MetricRecord, RecordDict

RECORDS = {c.__name__: c for c in (RecordDict, MetricRecord, ConfigRecord)}
"""Flower's records that are dicts of plain values or records, by name."""

NUMBERS = "biufc"
"""numpy's dtype kinds that are fully described by their bytes."""


class NotPlain(TypeError):
    """The value holds something that cannot be packed; the text is its type."""


def is_plain(value: Any) -> bool:
    """Return whether `pack` accepts the value."""
    if type(value) in (dict, list, tuple):
        items = [*value, *value.values()] if type(value) is dict else value
        return all(map(is_plain, items))
    if isinstance(value, np.ndarray | np.generic):
        return value.dtype.kind in NUMBERS
    return type(value) in (type(None), bool, int, float, str, bytes) or isinstance(
        value, ArrayRecord | RecordDict | MetricRecord | ConfigRecord
    )


def pack(value: Any, blobs: list[bytes]) -> Any:
    """Convert the value for JSON; bytes are appended to `blobs`, without a copy.

    Raises:
        NotPlain: the value holds an object of another type.
    """
    if type(value) is float and not math.isfinite(value):
        return {"float": str(value)}  # JSON has no NaN and no infinities
    if value is None or type(value) in (bool, int, float, str):
        return value
    if type(value) is dict:
        return {"dict": [[pack(k, blobs), pack(v, blobs)] for k, v in value.items()]}
    if type(value) is tuple:
        return {"tuple": [pack(v, blobs) for v in value]}
    if type(value) is list:
        return [pack(v, blobs) for v in value]
    if isinstance(value, ArrayRecord):
        items = [[k, a.dtype, list(a.shape), a.stype, a.data] for k, a in value.items()]
        return {"ArrayRecord": pack(items, blobs)}
    for name, record in RECORDS.items():
        if isinstance(value, record):
            return {name: pack({k: _exact(v) for k, v in value.items()}, blobs)}
    if isinstance(value, bytes):
        blobs.append(value)
        return {"bytes": len(blobs) - 1}
    if isinstance(value, np.ndarray | np.generic) and value.dtype.kind in NUMBERS:
        kind = "ndarray" if isinstance(value, np.ndarray) else "scalar"
        return {kind: [value.dtype.str, list(value.shape), pack(value.tobytes(), blobs)]}
    raise NotPlain(type(value).__name__)


def _exact(value: Any) -> Any:
    """Convert a record's value to the type that Flower sends: numpy.float64 becomes float."""
    if isinstance(value, list):
        return [_exact(item) for item in value]
    if isinstance(value, bool):
        return value
    for kind in (int, float, str):
        if isinstance(value, kind):
            return kind(value)
    return value


def unpack(value: Any, blobs: Sequence[bytes]) -> Any:
    """Convert back what `pack` has made.

    Raises:
        ValueError, TypeError, LookupError: `value` was not made by `pack`.
    """
    if isinstance(value, list):
        return [unpack(v, blobs) for v in value]
    if not isinstance(value, dict):
        return value
    [(kind, inner)] = value.items()
    if kind == "float":
        return float(inner)
    if kind == "bytes":
        return blobs[inner]
    if kind in ("ndarray", "scalar"):
        dtype, shape, data = inner
        # Copied, as an array on bytes is read-only.
        array = np.frombuffer(unpack(data, blobs), np.dtype(dtype)).reshape(shape).copy()
        return array if kind == "ndarray" else array[()]
    if kind == "ArrayRecord":
        items = unpack(inner, blobs)
        return ArrayRecord({k: Array(t, tuple(shape), s, d) for k, t, shape, s, d in items})
    if kind == "dict":
        return {unpack(k, blobs): unpack(v, blobs) for k, v in inner}
    if kind == "tuple":
        return tuple(unpack(v, blobs) for v in inner)
    return RECORDS[kind](unpack(inner, blobs))
