"""Linear regression on scikit-learn's 442 diabetes patients of ten features each."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray
from sklearn.datasets import load_diabetes

Parameters = dict[str, Any]


def load_data(partition: int, partitions: int) -> tuple[NDArray[Any], NDArray[Any]]:
    """Load one partition: features, and the disease's progression from 0 to 1."""
    features, target = load_diabetes(return_X_y=True)
    scaled = (target / target.max()).astype(np.float32)
    features = (features * 20).astype(np.float32)
    return features[partition::partitions], scaled[partition::partitions]


def make_parameters() -> Parameters:
    """Make parameters of zeros."""
    return {"w": jnp.zeros(10), "b": jnp.zeros(())}


def loss(parameters: Parameters, features: Any, target: Any) -> Any:
    """Return the mean squared error."""
    return jnp.mean((features @ parameters["w"] + parameters["b"] - target) ** 2)


def train(
    parameters: Parameters, features: Any, target: Any, epochs: int, rate: float
) -> Parameters:
    """Take as many steps of gradient descent."""
    gradient = jax.jit(jax.grad(loss))
    for _ in range(epochs):
        change = gradient(parameters, features, target)
        parameters = jax.tree.map(lambda value, step: value - rate * step, parameters, change)
    return parameters
