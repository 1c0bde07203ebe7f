"""Read and average large arrays of Flower's records without copying them whole."""

import io
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Literal

import numpy as np
from flwr.app import Array, ArrayRecord
from numpy.lib import format as untyped
from numpy.typing import NDArray

npy: Any = untyped

NUMPY = "numpy.ndarray"
"""Flower's name of the serialisation whose data is a file of `numpy.save`."""

PIECE = 1 << 18
"""Numbers averaged at a time: they and their products stay in the processor's cache."""

Terms = Sequence[tuple[Array, float]]
"""Arrays and their weights."""


def view(array: Array) -> NDArray[Any]:
    """Return what `array.numpy()` does, read-only and without copying the data.

    Raises:
        ValueError: the data is not one whole array of `numpy.save`, or it holds Python objects.
    """
    if array.stype != NUMPY:
        raise ValueError(f"an array serialised as {array.stype} — allowed: {NUMPY}")
    # The header's length follows the magic string and the version: two bytes in version 1.0.
    start = 10 if array.data[6:7] == b"\1" else 12
    start += int.from_bytes(array.data[8:start], "little")
    shape, order, dtype = _described(array.data[:start])
    return np.frombuffer(array.data, dtype, offset=start).reshape(shape, order=order)


@lru_cache(1024)
def _header(dtype: np.dtype[Any], shape: tuple[int, ...]) -> bytes:
    """Write the header of `numpy.save`; cached, as parsing it is."""
    file = io.BytesIO()
    described = {"descr": npy.dtype_to_descr(dtype), "fortran_order": False, "shape": shape}
    npy.write_array_header_1_0(file, described)
    return file.getvalue()


@lru_cache(1024)
def _described(header: bytes) -> tuple[tuple[int, ...], Literal["C", "F"], np.dtype[Any]]:
    """Parse a header of `numpy.save`; cached, as it takes longer than reading a small array."""
    file = io.BytesIO(header)
    version = npy.read_magic(file)
    read = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
    shape, fortran, dtype = read(file)
    if dtype.hasobject:
        raise ValueError("an array of Python objects — allowed: numbers")
    return shape, "F" if fortran else "C", dtype


def average(terms: Sequence[tuple[ArrayRecord, float]]) -> ArrayRecord:
    """Sum the arrays of each key, each times its record's weight, in the given order.

    Equal bit for bit to `flwr.serverapp.strategy.strategy_utils.aggregate_arrayrecords` of flwr
    1.42.0. That function needs three times the result's memory besides the records; this one needs
    the result's.
    """
    keys: dict[str, list[tuple[Array, float]]] = {}
    for record, weight in terms:
        for key, array in record.items():
            keys.setdefault(key, []).append((array, weight))
    return ArrayRecord({key: _sum(arrays) for key, arrays in keys.items()})


def _sum(terms: Terms) -> Array:
    """Sum in pieces where the arrays allow it, else as Flower does."""
    first = terms[0][0]
    alike = all(a.dtype == first.dtype and a.shape == first.shape for a, _ in terms)
    views = [view(array) for array, _ in terms] if alike else []
    if views and all(v.flags.c_contiguous and _kind(v) == _kind(views[0]) for v in views):
        return _sum_in_pieces(views, [weight for _, weight in terms])
    total = terms[0][0].numpy() * terms[0][1]
    for array, weight in terms[1:]:
        total += array.numpy() * weight
    return Array(np.asarray(total))


def _kind(array: NDArray[Any]) -> tuple[np.dtype[Any], tuple[int, ...]]:
    """Return dtype and shape of the data itself; the record's labels may disagree."""
    return array.dtype, array.shape


def _sum_in_pieces(views: Sequence[NDArray[Any]], weights: Sequence[float]) -> Array:
    """Sum contiguous arrays of one dtype and shape, PIECE numbers at a time."""
    flat = [v.reshape(-1) for v in views]
    # By numpy's rules: integers times a float become 64-bit floats.
    dtype = (flat[0][:1] * weights[0]).dtype
    file = io.BytesIO()
    file.write(_header(dtype, views[0].shape))
    for start in range(0, flat[0].size, PIECE):
        total = flat[0][start : start + PIECE] * weights[0]
        for numbers, weight in zip(flat[1:], weights[1:], strict=True):
            total += numbers[start : start + PIECE] * weight
        file.write(total.data)
    return Array(str(dtype), views[0].shape, NUMPY, file.getvalue())
