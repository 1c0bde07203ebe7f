"""Logistic regression on scikit-learn's 1,797 images of handwritten digits, 8 x 8 pixels."""

import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.datasets import load_digits
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, log_loss
from sklearn.model_selection import train_test_split

Arrays = list[NDArray[Any]]


def load_data(partition: int, partitions: int) -> Arrays:
    """Load one partition: training images, test images, training labels, test labels."""
    images, labels = load_digits(return_X_y=True)
    images, labels = images[partition::partitions], labels[partition::partitions]
    split: Arrays = train_test_split(images / 16.0, labels, test_size=0.2, random_state=0)
    return split


def make_model(epochs: int, parameters: Arrays | None = None) -> LogisticRegression:
    """Make a model; training continues from the parameters, or from zeros."""
    model = LogisticRegression(max_iter=epochs, warm_start=True)
    model.classes_ = np.arange(10)
    model.coef_, model.intercept_ = parameters or [np.zeros((10, 64)), np.zeros(10)]
    return model


def get_parameters(model: LogisticRegression) -> Arrays:
    """Return the arrays that server and clients exchange."""
    return [model.coef_, model.intercept_]


def train(model: LogisticRegression, images: NDArray[Any], labels: NDArray[Any]) -> float:
    """Train the model in place; returns its loss on the training images."""
    with warnings.catch_warnings():
        # A few epochs do not converge.
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(images, labels)
    return float(log_loss(labels, model.predict_proba(images), labels=range(10)))


def evaluate(
    model: LogisticRegression, images: NDArray[Any], labels: NDArray[Any]
) -> tuple[float, float]:
    """Return loss and accuracy on test images."""
    loss = log_loss(labels, model.predict_proba(images), labels=range(10))
    return float(loss), float(accuracy_score(labels, model.predict(images)))
