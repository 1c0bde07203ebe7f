"""A small network on scikit-learn's images of handwritten digits, trained by DP-SGD."""

from typing import Any

import torch
from opacus import PrivacyEngine
from sklearn.datasets import load_digits
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

DELTA = 1e-4
"""Probability with which the privacy loss may exceed epsilon."""


def load_data(partition: int, partitions: int) -> TensorDataset:
    """Load one partition: images and labels."""
    images, labels = load_digits(return_X_y=True)
    images, labels = images[partition::partitions] / 16, labels[partition::partitions]
    return TensorDataset(torch.tensor(images, dtype=torch.float32), torch.tensor(labels))


def make_model() -> nn.Module:
    """Make a model with random weights."""
    return nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 10))


def get_state(model: nn.Module) -> dict[str, Any]:
    """Return the state that server and clients exchange."""
    return model.state_dict()


def set_state(model: nn.Module, state: dict[str, Any]) -> None:
    """Load a state that has been received."""
    model.load_state_dict(state)


def train(
    model: nn.Module, partition: int, partitions: int, epochs: int, noise: float, norm: float
) -> tuple[float, int]:
    """Train the model in place; returns the spent epsilon, and the number of images."""
    data = load_data(partition, partitions)
    engine = PrivacyEngine()
    private, optimizer, loader = engine.make_private(
        module=model,
        optimizer=torch.optim.SGD(model.parameters(), lr=0.5),
        data_loader=DataLoader(data, batch_size=64),
        noise_multiplier=noise,
        max_grad_norm=norm,
    )
    private.train()
    for _ in range(epochs):
        for images, labels in loader:
            optimizer.zero_grad()
            loss = nn.functional.cross_entropy(private(images), labels)
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
    return float(engine.get_epsilon(DELTA)), len(data)


def evaluate(model: nn.Module, partition: int, partitions: int) -> tuple[float, int]:
    """Return the accuracy on the partition, and its number of images."""
    images, labels = load_data(partition, partitions).tensors
    with torch.no_grad():
        found = model(images).argmax(1)
    return float((found == labels).float().mean()), len(labels)
