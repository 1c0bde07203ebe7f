"""Find clients whose replies would corrupt the model: NaN, infinity, or arrays of another shape."""

from collections.abc import Iterable
from typing import Any

import numpy as np
from flwr.app import ArrayRecord, Message
from numpy.typing import NDArray

from kubeflower.arrays import NUMPY, view


def is_finite(arrays: ArrayRecord) -> bool:
    """Return whether all numbers are finite; arrays that an app serialised itself are skipped."""
    return all(_is_finite(view(array)) for array in arrays.values() if array.stype == NUMPY)


def partitions_with_nan(replies: Iterable[Message]) -> list[int]:
    """List the partitions whose replies hold NaN or an infinity."""
    return [
        reply.metadata.src_node_id - 1
        for reply in replies
        if reply.has_content()
        and not all(is_finite(record) for record in reply.content.array_records.values())
    ]


def partitions_with_other_shapes(replies: Iterable[Message]) -> list[int]:
    """List the partitions whose replies' array shapes differ from those of the first reply."""
    shapes = {
        reply.metadata.src_node_id - 1: [
            (name, key, array.shape)
            for name, record in reply.content.array_records.items()
            for key, array in record.items()
        ]
        for reply in replies
        if reply.has_content()
    }
    first = next(iter(shapes.values()), [])
    return [partition for partition, found in shapes.items() if found != first]


def _is_finite(array: NDArray[Any]) -> bool:
    if array.dtype.kind not in "fc":
        return True
    # The sum is quick, and not finite if any number is not. It may also overflow: then check each.
    with np.errstate(over="ignore", invalid="ignore"):
        total = array.sum()
    return bool(np.isfinite(total)) or bool(np.isfinite(array).all())
