"""Arrays are read and averaged without a copy: kubeflower/arrays.py."""

import numpy as np
import pytest
from flwr.app import Array, ArrayRecord, MetricRecord, RecordDict
from flwr.serverapp.strategy.strategy_utils import aggregate_arrayrecords

from kubeflower import arrays

# Imported before any test replaces it.
ORIGINAL = aggregate_arrayrecords
SHAPES = [(), (3,), (700, 701), (2, 0), (400_001,)]


@pytest.mark.parametrize("dtype", ["float32", "float64", "float16", "int64", "int32"])
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("clients", [1, 2, 5])
def test_the_average_equals_flowers_bit_for_bit(
    dtype: str, shape: tuple[int, ...], clients: int
) -> None:
    random = np.random.default_rng(clients)
    records = [
        RecordDict(
            {
                "arrays": ArrayRecord(
                    {"w": Array(np.asarray(random.normal(size=shape) * 100).astype(dtype))}
                ),
                "metrics": MetricRecord({"num-examples": 3 * k + 1}),
            }
        )
        for k in range(clients)
    ]
    total = sum(3 * k + 1 for k in range(clients))
    terms = [(r.array_records["arrays"], (3 * k + 1) / total) for k, r in enumerate(records)]
    ours, theirs = arrays.average(terms)["w"], ORIGINAL(records, "num-examples")["w"]
    assert (ours.dtype, ours.shape, ours.stype) == (theirs.dtype, theirs.shape, theirs.stype)
    assert ours.data == theirs.data


def test_arrays_in_fortran_order_are_averaged_as_flower_does() -> None:
    one = np.asfortranarray(np.random.default_rng(1).normal(size=(800, 900)))
    record = ArrayRecord({"w": Array(one)})
    records = [RecordDict({"a": record, "m": MetricRecord({"n": 1})})] * 2
    ours = arrays.average([(record, 0.5), (record, 0.5)])["w"]
    assert ours.data == ORIGINAL(records, "n")["w"].data


def test_a_view_has_the_numbers_without_copying_them() -> None:
    array = Array(np.arange(12, dtype=np.float32).reshape(3, 4))
    view = arrays.view(array)
    assert (view == array.numpy()).all()
    assert view.base is not None
    assert not view.flags.writeable


def test_an_array_of_objects_is_refused() -> None:
    data = Array(np.zeros(1)).data.replace(b"'<f8'", b"'|O' ", 1)
    with pytest.raises(ValueError, match="an array of Python objects — allowed: numbers"):
        arrays.view(Array("object", (1,), arrays.NUMPY, data))
