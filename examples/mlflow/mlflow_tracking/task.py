"""The task: logistic regression by gradient descent, on data made up for each client."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

TRUE_WEIGHTS = np.array([2.0, -3.0, 1.0, 0.5, -1.0])
"""The weights that the labels were made with."""
STEPS = 5
"""Gradient steps of one training."""
TEST = 10_000
"""Partition that no client has: the server's test data."""


def make_data(partition: int, count: int = 500) -> tuple[Array, Array]:
    """Make the data of a partition: inputs with 5 features, and labels 0 and 1 with some noise."""
    rng = np.random.default_rng(partition)
    inputs = rng.normal(size=(count, 5))
    labels = inputs @ TRUE_WEIGHTS + rng.logistic(size=count) > 0
    return inputs, labels.astype(float)


def initial_weights() -> Array:
    """Return the weights before the first round: zeros."""
    return np.zeros(5)


def train(weights: Array, inputs: Array, labels: Array, rate: float) -> Array:
    """Return the weights after STEPS gradient steps with learning rate `rate`."""
    for _ in range(STEPS):
        gradient = inputs.T @ (_probabilities(weights, inputs) - labels) / len(labels)
        weights = weights - rate * gradient
    return weights


def evaluate(weights: Array, inputs: Array, labels: Array) -> tuple[float, float]:
    """Return the mean loss and the accuracy."""
    found = np.clip(_probabilities(weights, inputs), 1e-9, 1 - 1e-9)
    loss = -np.mean(labels * np.log(found) + (1 - labels) * np.log(1 - found))
    return float(loss), float(np.mean((found > 0.5) == (labels > 0.5)))


def _probabilities(weights: Array, inputs: Array) -> Array:
    return np.asarray(1 / (1 + np.exp(-(inputs @ weights))))
