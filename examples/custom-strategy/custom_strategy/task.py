"""Linear regression by gradient descent, on data made up for each client."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

TRUE_WEIGHTS = np.array([2.0, -3.0, 1.0])
"""The weights that the data was made with."""
STEPS = 5
"""Gradient steps of one training."""


def make_data(partition: int, count: int = 100) -> tuple[Array, Array]:
    """Make a client's data: inputs with 3 features, and targets with a little noise."""
    rng = np.random.default_rng(partition)
    inputs = rng.normal(size=(count, 3))
    return inputs, inputs @ TRUE_WEIGHTS + rng.normal(scale=0.1, size=count)


def initial_weights() -> Array:
    """Return the weights before the first round: zeros."""
    return np.zeros(3)


def train(weights: Array, inputs: Array, targets: Array, rate: float) -> Array:
    """Return the weights after STEPS gradient steps with learning rate `rate`."""
    for _ in range(STEPS):
        gradient = inputs.T @ (inputs @ weights - targets) / len(targets)
        weights = weights - rate * gradient
    return weights


def evaluate(weights: Array, inputs: Array, targets: Array) -> float:
    """Return the mean squared error."""
    return float(np.mean((inputs @ weights - targets) ** 2))
