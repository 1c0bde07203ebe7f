"""The app's run config as dataclasses; only this module knows its keys."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

RunConfig = Mapping[str, bool | float | int | str]
"""Flower's run config: the values of [tool.flwr.app.config], or what the run sets instead."""


SHAPES = {"fashion-mnist": (1, 28, 28), "cifar10": (3, 32, 32)}
"""Channels, height and width of an image, by data set."""
OWN = "folder"
"""Data set of which each client has a folder of its own, and the server has nothing."""
LEAST = 12
"""Least height and width of an image: the network halves them twice."""


@dataclass(frozen=True)
class DataConfig:
    """The images, and the clients' shares of them; hashable, to cache what it loads."""

    dataset: str
    """`fashion-mnist`, `cifar10`, or `folder`: each client has a folder of its own."""
    folder: str
    """Folder of the data set's files."""
    shape: tuple[int, int, int]
    """Channels, height and width of an image."""
    classes: tuple[str, ...]
    """Names of the classes, in the order of their labels."""
    partitioning: str
    """`iid`, `dirichlet` or `shards`."""
    alpha: float
    """Concentration of `dirichlet`: the smaller, the less alike the partitions are."""
    seed: int

    @classmethod
    def read(cls, config: RunConfig) -> "DataConfig":
        """Read the keys of the data set and its partitioning.

        Raises:
            ValueError: a key has a value that is not allowed.
        """
        dataset = str(config["dataset"])
        if dataset not in (*SHAPES, OWN):
            allowed = ", ".join((*SHAPES, OWN))
            raise ValueError(f"dataset is {dataset!r} — allowed: {allowed} — change runConfig")
        return cls(
            dataset=dataset,
            folder=str(config["data-dir"]),
            shape=SHAPES.get(dataset) or _shape(str(config["image-shape"])),
            classes=_classes(str(config["classes"])),
            partitioning=str(config["partitioning"]),
            alpha=float(config["alpha"]),
            seed=int(config["seed"]),
        )


def _shape(text: str) -> tuple[int, int, int]:
    """Read channels, height and width from a text such as 3x32x32."""
    found = re.fullmatch(r"([13])x(\d{1,4})x(\d{1,4})", text)
    channels, height, width = map(int, found.groups()) if found else (0, 0, 0)
    if min(height, width) < LEAST:
        raise ValueError(
            f"image-shape is {text!r} — allowed: channels (1 or 3), height and width (both from "
            f"{LEAST}), such as 3x32x32 — change runConfig"
        )
    return channels, height, width


def _classes(text: str) -> tuple[str, ...]:
    """Read the names of classes from a list with commas."""
    names = tuple(name.strip() for name in text.split(","))
    if "" in names or len(set(names)) < len(names):
        raise ValueError(
            f"classes is {text!r} — allowed: different names with commas between them, such as "
            "cat,dog — change runConfig"
        )
    return names


@dataclass(frozen=True)
class TrainingConfig:
    """How a client trains."""

    epochs: int
    batch_size: int
    learning_rate: float
    momentum: float

    @classmethod
    def read(cls, config: RunConfig) -> "TrainingConfig":
        """Read the keys of the local training."""
        return cls(
            epochs=int(config["local-epochs"]),
            batch_size=int(config["batch-size"]),
            learning_rate=float(config["learning-rate"]),
            momentum=float(config["momentum"]),
        )


@dataclass(frozen=True)
class RoundsConfig:
    """How the server trains."""

    rounds: int
    clients: int
    """Clients that are asked in each round."""
    min_nodes: int
    """Clients that must be connected before a round begins."""

    @classmethod
    def read(cls, config: RunConfig) -> "RoundsConfig":
        """Read the keys of the rounds."""
        return cls(
            rounds=int(config["num-server-rounds"]),
            clients=int(config["clients"]),
            min_nodes=int(config["min-nodes"]),
        )
