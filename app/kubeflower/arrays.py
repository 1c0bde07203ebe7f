"""Large arrays of Flower's records, read and averaged without a copy of the whole."""

import io
from collections.abc import Sequence
from typing import Any

import numpy as np
from flwr.app import Array, ArrayRecord
from numpy.lib import format as untyped
from numpy.typing import NDArray

npy: Any = untyped

NUMPY = "numpy.ndarray"
"""The serialisation type whose data is a file of `numpy.save`."""

PIECE = 1 << 18
"""Numbers averaged at once: they and their products stay in the processor's cache."""

Terms = Sequence[tuple[Array, float]]


def view(array: Array) -> NDArray[Any]:
    """As `array.numpy()`, read-only and on the array's own bytes.

    Raises:
        ValueError: the data is not one whole array of `numpy.save`, without objects.
    """
    if array.stype != NUMPY:
        raise ValueError(f"an array serialised as {array.stype} — allowed: {NUMPY}")
    file = io.BytesIO(array.data)
    version = npy.read_magic(file)
    read = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
    shape, fortran, dtype = read(file)
    if dtype.hasobject:
        raise ValueError("an array of Python objects — allowed: numbers")
    flat = np.frombuffer(array.data, dtype, offset=file.tell())
    return flat.reshape(shape, order="F" if fortran else "C")


def average(terms: Sequence[tuple[ArrayRecord, float]]) -> ArrayRecord:
    """The sum of each key's arrays, each times its record's weight, added up in the given order.

    Bit for bit what `flwr.serverapp.strategy.strategy_utils.aggregate_arrayrecords` (flwr 1.42.0)
    computes; beside the records it takes the memory of the result, not of three times that.
    """
    keys: dict[str, list[tuple[Array, float]]] = {}
    for record, weight in terms:
        for key, array in record.items():
            keys.setdefault(key, []).append((array, weight))
    return ArrayRecord({key: _sum(own) for key, own in keys.items()})


def _sum(terms: Terms) -> Array:
    first = terms[0][0]
    alike = all(a.dtype == first.dtype and a.shape == first.shape for a, _ in terms)
    views = [view(array) for array, _ in terms] if alike and len(first.data) > PIECE else []
    if views and all(v.flags.c_contiguous and v.dtype == views[0].dtype for v in views):
        return _sum_in_pieces(views, [weight for _, weight in terms])
    total = terms[0][0].numpy() * terms[0][1]
    for array, weight in terms[1:]:
        total += array.numpy() * weight
    return Array(np.asarray(total))


def _sum_in_pieces(views: Sequence[NDArray[Any]], weights: Sequence[float]) -> Array:
    flat = [v.reshape(-1) for v in views]
    # numpy decides: integers become 64-bit floats.
    dtype = (flat[0][:1] * weights[0]).dtype
    file = io.BytesIO()
    described = {
        "descr": npy.dtype_to_descr(dtype),
        "fortran_order": False,
        "shape": views[0].shape,
    }
    npy.write_array_header_1_0(file, described)
    for start in range(0, flat[0].size, PIECE):
        total = flat[0][start : start + PIECE] * weights[0]
        for one, weight in zip(flat[1:], weights[1:], strict=True):
            total += one[start : start + PIECE] * weight
        file.write(total.data)
    return Array(str(dtype), views[0].shape, NUMPY, file.getvalue())
