"""The file of a run's model, in the format of safetensors."""

from functools import lru_cache

import numpy as np
from flwr.app import Array, ArrayRecord
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import save

from kubeflower.arrays import view


def model_file(arrays: ArrayRecord) -> bytes:
    """Write arrays as a file of safetensors, each under its key.

    An array that the format cannot hold (a serialisation of the app's own, texts, complex numbers,
    Python objects) is kept as the bytes of its serialisation, whose name is in the file's metadata
    under the array's key.
    """
    tensors: dict[str, NDArray[np.generic]] = {}
    as_bytes: dict[str, str] = {}
    for key, array in arrays.items():
        known = _tensor(array)
        if known is None:
            known = np.frombuffer(array.data, np.uint8)
            as_bytes[key] = array.stype
        tensors[key] = known
    return bytes(save(tensors, as_bytes or None))


def _tensor(array: Array) -> NDArray[np.generic] | None:
    """Return the array's numbers; None if safetensors has no such type."""
    try:
        tensor = view(array)
    except ValueError:
        return None
    return tensor if _is_known(tensor.dtype) else None


@lru_cache(64)
def _is_known(dtype: np.dtype[np.generic]) -> bool:
    try:
        save({"x": np.empty(0, dtype)})
    except SafetensorError:
        return False
    return True
