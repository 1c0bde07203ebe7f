"""The CNN, its training and its evaluation."""

from collections.abc import Callable

import numpy as np
import torch
from torch import nn
from torch.optim.sgd import sgd

from vision.data import Images, Labels

DEVICE = torch.device("cuda" if torch.cuda.is_available() else "cpu")
"""The GPU of this process if it has one: a pod with the setting `gpus`."""


def build(shape: tuple[int, int, int], classes: int = 10) -> nn.Sequential:
    """Make a network like LeNet-5: 44,426 parameters for 1x28x28, 62,006 for CIFAR-10's 3x32x32.

    Args:
        shape: Channels, height and width of an image.
        classes: Number of classes.
    """
    channels, high, wide = shape[0], *(((side - 4) // 2 - 4) // 2 for side in shape[1:])
    return nn.Sequential(
        nn.Conv2d(channels, 6, 5),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(6, 16, 5),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(16 * high * wide, 120),
        nn.ReLU(),
        nn.Linear(120, 84),
        nn.ReLU(),
        nn.Linear(84, classes),
    )


def _batch(images: Images) -> torch.Tensor:
    """Scale pixels to -1 … 1."""
    return torch.from_numpy(images.astype(np.float32)).to(DEVICE).div_(127.5).sub_(1.0)


def _target(labels: Labels) -> torch.Tensor:
    return torch.from_numpy(labels).to(DEVICE)


def train(
    model: nn.Module,
    images: Images,
    labels: Labels,
    *,
    epochs: int,
    batch: int,
    rate: float,
    momentum: float,
    seed: int,
) -> float:
    """Train by SGD; returns the mean loss.

    Args:
        model: The network; changed in place, and left on DEVICE.
        images: The client's images.
        labels: Their labels.
        epochs: Passes over all images.
        batch: Images of a step.
        rate: Learning rate.
        momentum: Momentum of SGD, 0 for none.
        seed: Decides the order of the images.
    """
    rng = np.random.default_rng(seed)
    model.to(DEVICE)
    step = _sgd(list(model.parameters()), rate, momentum)
    loss_of = nn.CrossEntropyLoss()
    losses = []
    model.train()
    for _ in range(epochs):
        order = rng.permutation(len(labels))
        for start in range(0, len(order), batch):
            rows = order[start : start + batch]
            model.zero_grad()
            loss = loss_of(model(_batch(images[rows])), _target(labels[rows]))
            loss.backward()
            step()
            losses.append(loss.item())
    return float(np.mean(losses)) if losses else 0.0


def _sgd(parameters: list[torch.Tensor], rate: float, momentum: float) -> Callable[[], None]:
    """Make the step of torch.optim.SGD, equal bit for bit.

    The class itself imports torch's compiler, which takes 58 MB and a second, and is not needed.
    """
    velocity: list[torch.Tensor | None] = [None] * len(parameters)

    def step() -> None:
        with torch.no_grad():
            sgd(
                parameters,
                [p.grad for p in parameters if p.grad is not None],
                velocity,
                lr=rate,
                momentum=momentum,
                foreach=False,
                weight_decay=0,
                dampening=0,
                nesterov=False,
                maximize=False,
            )

    return step


def evaluate(model: nn.Module, images: Images, labels: Labels) -> tuple[float, float]:
    """Return the mean loss and the accuracy."""
    loss_of = nn.CrossEntropyLoss(reduction="sum")
    loss = 0.0
    right = 0
    model.to(DEVICE)
    model.eval()
    with torch.no_grad():
        for start in range(0, len(labels), 500):
            target = _target(labels[start : start + 500])
            output = model(_batch(images[start : start + 500]))
            loss += loss_of(output, target).item()
            right += int((output.argmax(1) == target).sum())
    count = max(1, len(labels))
    return loss / count, right / count
