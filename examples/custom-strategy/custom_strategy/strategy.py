"""FedAvg with a learning rate that falls from round to round, and the best model kept."""

import math
from collections.abc import Iterable
from typing import Any

from flwr.app import ArrayRecord, ConfigRecord, Message, MetricRecord
from flwr.serverapp import Grid
from flwr.serverapp.strategy import FedAvg


class DecayingFedAvg(FedAvg):
    """FedAvg that sets the clients' learning rate and remembers the best round."""

    def __init__(self, learning_rate: float, decay: float, **options: Any) -> None:
        """Make the strategy.

        Args:
            learning_rate: Learning rate of the first round.
            decay: Factor by which it changes after each round.
            options: Options of FedAvg.
        """
        super().__init__(**options)
        self.learning_rate = learning_rate
        self.decay = decay
        self.newest: ArrayRecord | None = None
        self.best: ArrayRecord | None = None
        self.best_round = 0
        self.best_loss = math.inf

    def configure_train(
        self, server_round: int, arrays: ArrayRecord, config: ConfigRecord, grid: Grid
    ) -> Iterable[Message]:
        """Send the learning rate of the round with the model."""
        config["learning-rate"] = self.learning_rate * self.decay ** (server_round - 1)
        return super().configure_train(server_round, arrays, config, grid)

    def aggregate_train(
        self, server_round: int, replies: Iterable[Message]
    ) -> tuple[ArrayRecord | None, MetricRecord | None]:
        """Average the models, and remember the average until it is evaluated."""
        arrays, metrics = super().aggregate_train(server_round, replies)
        self.newest = arrays
        return arrays, metrics

    def aggregate_evaluate(
        self, server_round: int, replies: Iterable[Message]
    ) -> MetricRecord | None:
        """Average the losses, and keep the model if it is the best so far."""
        metrics = super().aggregate_evaluate(server_round, replies)
        if metrics is not None and float(str(metrics["loss"])) < self.best_loss:
            self.best = self.newest
            self.best_round = server_round
            self.best_loss = float(str(metrics["loss"]))
        return metrics
