"""Logistic regression on scikit-learn's 1797 images of handwritten digits, 8 x 8."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split

Arrays = list[NDArray[Any]]


def load_data(partition_id: int, num_partitions: int) -> Arrays:
    """Training images, test images, training labels, test labels of one partition."""
    images, labels = load_digits(return_X_y=True)
    images, labels = images[partition_id::num_partitions], labels[partition_id::num_partitions]
    split: Arrays = train_test_split(images / 16.0, labels, test_size=0.2, random_state=0)
    return split


def get_model(local_epochs: int) -> Any:
    """A model that goes on from the parameters it is given."""
    model = LogisticRegression(max_iter=local_epochs, warm_start=True)
    model.classes_ = np.arange(10)
    set_model_params(model, [np.zeros((10, 64)), np.zeros(10)])
    return model


def get_model_params(model: Any) -> Arrays:
    """What is sent."""
    return [model.coef_, model.intercept_]


def set_model_params(model: Any, params: Arrays) -> None:
    """Takes what was sent."""
    model.coef_, model.intercept_ = params
