"""Whose reply it was that spoils the model: NaN and infinities stay in it, shapes do not fit."""

from collections.abc import Iterable
from typing import Any

import numpy as np
from flwr.app import ArrayRecord, Message
from numpy.typing import NDArray

from kubeflower.arrays import NUMPY, view


def is_finite(arrays: ArrayRecord) -> bool:
    """Whether every number is finite; an app's own serialisation is not looked into."""
    return all(_is_finite(view(array)) for array in arrays.values() if array.stype == NUMPY)


def not_finite(replies: Iterable[Message]) -> list[int]:
    """The partitions whose replies have a number that is not finite."""
    return [
        reply.metadata.src_node_id - 1
        for reply in replies
        if reply.has_content()
        and not all(is_finite(record) for record in reply.content.array_records.values())
    ]


def of_other_shapes(replies: Iterable[Message]) -> list[int]:
    """The partitions whose replies have arrays of other shapes than the first reply's."""
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
    return [partition for partition, own in shapes.items() if own != first]


def _is_finite(array: NDArray[Any]) -> bool:
    if array.dtype.kind not in "fc":
        return True
    # The sum is quick and shows any NaN; only when it is not finite each number is looked at.
    with np.errstate(over="ignore", invalid="ignore"):
        total = array.sum()
    return bool(np.isfinite(total)) or bool(np.isfinite(array).all())
