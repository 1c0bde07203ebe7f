"""The file of a run's model: kubeflower/model_file.py."""

import json
from typing import Any

import numpy as np
import pytest
from flwr.app import Array, ArrayRecord
from safetensors.numpy import load, save

from kubeflower.model_file import model_file


def metadata(file: bytes) -> Any:
    """Read the metadata of a file of safetensors."""
    length = int.from_bytes(file[:8], "little")
    return json.loads(file[8 : 8 + length]).get("__metadata__")


def test_numbers_are_kept_as_safetensors_keeps_them() -> None:
    arrays = {"a": np.arange(6, dtype=np.float32).reshape(2, 3), "b": np.array([True, False])}
    record = ArrayRecord({key: Array(value) for key, value in arrays.items()})
    assert model_file(record) == save(arrays)


@pytest.mark.parametrize(
    "array",
    [
        Array("uint8", (3,), "xgboost.ubj", b"\0ub"),
        Array(np.array(["a", "bc"])),
        Array(np.array([1 + 2j])),
    ],
)
def test_what_the_format_cannot_hold_is_kept_as_its_serialised_bytes(array: Array) -> None:
    numbers = np.ones(2, np.float32)
    file = model_file(ArrayRecord({"own": array, "w": Array(numbers)}))
    assert load(file)["own"].tobytes() == array.data
    assert np.array_equal(load(file)["w"], numbers)
    assert metadata(file) == {"own": array.stype}
