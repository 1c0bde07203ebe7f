"""The model, which learns nothing."""

import numpy as np
from numpy.typing import NDArray


def get_model() -> list[NDArray[np.float64]]:
    """Return a model of one layer."""
    return [np.ones((2, 3))]
