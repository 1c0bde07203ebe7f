"""A Keras network on scikit-learn's 150 iris flowers."""

import os
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.datasets import load_iris

os.environ["KERAS_BACKEND"] = "jax"  # before Keras is imported
import keras


def load_data(partition: int, partitions: int) -> tuple[NDArray[Any], NDArray[Any]]:
    """Load one partition: four lengths of each flower, and its kind."""
    flowers, kinds = load_iris(return_X_y=True)
    return flowers[partition::partitions].astype(np.float32), kinds[partition::partitions]


def make_model() -> Any:
    """Make a model with the same random weights everywhere."""
    keras.utils.set_random_seed(0)
    model = keras.Sequential(
        [keras.layers.Input((4,)), keras.layers.Dense(16, "relu"), keras.layers.Dense(3, "softmax")]
    )
    model.compile(
        optimizer=keras.optimizers.Adam(0.01),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model
