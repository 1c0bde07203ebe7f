"""JSON documents that leave the process: valid whatever numbers an app's metrics hold."""

import base64
import json
import math
from typing import Any


def plain(value: Any) -> Any:
    """The value made of None, bool, int, float, str, lists and dicts with text as keys.

    Numbers and arrays of numpy or torch become Python's, bytes become base64 as in protobuf's JSON
    mapping, and anything else becomes its repr. An integer that no 64-bit float holds becomes an
    infinity, as that is what readers would take it for.
    """
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        number = number_of(int(value))
        return number if number in (math.inf, -math.inf) else int(value)
    for kind in (float, str):
        if isinstance(value, kind):
            return kind(value)
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if hasattr(value, "items"):
        return {str(key): plain(item) for key, item in value.items()}
    if hasattr(value, "tolist"):
        return plain(value.tolist())
    return repr(value)


def text(value: Any) -> str:
    """The value as valid JSON in one line.

    JSON has no NaN and no infinities: they become the texts "NaN", "Infinity" and "-Infinity", as
    in protobuf's JSON mapping. What JSON does not know becomes what `plain` makes of it.
    """
    try:
        return json.dumps(value, allow_nan=False)  # twenty times as fast, and nearly always right
    except (TypeError, ValueError):
        return json.dumps(_finite(plain(value)), allow_nan=False)


def _finite(value: Any) -> Any:
    if isinstance(value, list):
        return [_finite(item) for item in value]
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    number = number_of(value)
    if number is None or math.isfinite(number):
        return value
    if math.isnan(number):
        return "NaN"
    return "Infinity" if number > 0 else "-Infinity"


def number_of(value: Any) -> float | None:
    """A number, or a text that stands for NaN or an infinity, as a float; None for other values."""
    if isinstance(value, str):
        return float(value) if value in ("NaN", "Infinity", "-Infinity") else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf
