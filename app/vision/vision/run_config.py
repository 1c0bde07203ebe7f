"""The app's run config as dataclasses; only this module knows its keys."""

from collections.abc import Mapping
from dataclasses import dataclass

RunConfig = Mapping[str, bool | float | int | str]
"""Flower's run config: the values of [tool.flwr.app.config], or what the run sets instead."""


@dataclass(frozen=True)
class DataConfig:
    """The images, and the clients' shares of them; hashable, to cache what it loads."""

    dataset: str
    """`fashion-mnist` or `cifar10`."""
    folder: str
    """Folder of the data set's files."""
    partitioning: str
    """`iid`, `dirichlet` or `shards`."""
    alpha: float
    """Concentration of `dirichlet`: the smaller, the less alike the partitions are."""
    seed: int

    @classmethod
    def read(cls, config: RunConfig) -> "DataConfig":
        """Read the keys of the data set and its partitioning."""
        return cls(
            dataset=str(config["dataset"]),
            folder=str(config["data-dir"]),
            partitioning=str(config["partitioning"]),
            alpha=float(config["alpha"]),
            seed=int(config["seed"]),
        )


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
