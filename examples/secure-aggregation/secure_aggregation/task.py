"""Ten weights, to each of which a client's training adds the client's secret number."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Weights = NDArray[Any]


def initial_weights() -> Weights:
    """Return ten zeros."""
    return np.zeros(10)


def train(weights: Weights, secret: int) -> Weights:
    """Add the secret to all weights."""
    return weights + secret


def evaluate(weights: Weights) -> float:
    """Return the loss: the mean of the weights."""
    return float(np.mean(weights))
