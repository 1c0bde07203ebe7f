"""ServerApp: runs the strategy that the run config names."""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from flwr.app import ArrayRecord, ConfigRecord, Context, Message, MetricRecord
from flwr.serverapp import Grid, ServerApp
from flwr.serverapp import strategy as flower
from flwr.serverapp.strategy import Strategy

from strategies.by_hand import BY_HAND
from strategies.loops import OVERRIDES

app = ServerApp()
ALL: dict[str, Any] = {"min_train_nodes": 4, "min_evaluate_nodes": 4, "min_available_nodes": 4}
HALF: dict[str, Any] = {"fraction_train": 0.5, "min_train_nodes": 2, "min_available_nodes": 4}


def _half() -> Strategy:
    return flower.FedAvg(**HALF)


def _all() -> Strategy:
    return flower.FedAvg(**ALL)


class Anchored(flower.FedAvg):
    """Keeps the first model, and moves each newer one half the way back to it."""

    first: ArrayRecord

    def configure_train(
        self, server_round: int, arrays: ArrayRecord, config: ConfigRecord, grid: Grid
    ) -> Iterable[Message]:
        """As FedAvg."""
        if server_round == 1:
            self.first = arrays
        return super().configure_train(server_round, arrays, config, grid)

    def aggregate_train(
        self, server_round: int, replies: Iterable[Message]
    ) -> tuple[ArrayRecord | None, MetricRecord | None]:
        """As FedAvg, then half the way back."""
        arrays, metrics = super().aggregate_train(server_round, replies)
        assert arrays is not None
        pairs = zip(arrays.to_numpy_ndarrays(), self.first.to_numpy_ndarrays(), strict=True)
        return ArrayRecord([(newest + first) / 2 for newest, first in pairs]), metrics


STRATEGIES: dict[str, Callable[[], Strategy]] = {
    "FedAvg": _half,
    "Anchored": lambda: Anchored(**ALL),
    "FedAvgM": lambda: flower.FedAvgM(server_momentum=0.9, **ALL),
    "FedAdagrad": lambda: flower.FedAdagrad(**ALL),
    "FedAdam": lambda: flower.FedAdam(**ALL),
    "FedYogi": lambda: flower.FedYogi(**ALL),
    "FedProx": lambda: flower.FedProx(proximal_mu=0.1, **ALL),
    "FedMedian": lambda: flower.FedMedian(**ALL),
    "FedTrimmedAvg": lambda: flower.FedTrimmedAvg(beta=0.25, **ALL),
    "Krum": lambda: flower.Krum(num_malicious_nodes=1, **ALL),
    "MultiKrum": lambda: flower.MultiKrum(num_malicious_nodes=1, num_nodes_to_select=2, **ALL),
    "Bulyan": lambda: flower.Bulyan(num_malicious_nodes=0, **ALL),
    "QFedAvg": lambda: flower.QFedAvg(client_learning_rate=0.1, q=0.2, **ALL),
    "server fixed": lambda: flower.DifferentialPrivacyServerSideFixedClipping(_all(), 0.5, 1.0, 4),
    "server adaptive": lambda: flower.DifferentialPrivacyServerSideAdaptiveClipping(
        _all(), 0.5, 4, clipped_count_stddev=2.0
    ),
    "client fixed": lambda: flower.DifferentialPrivacyClientSideFixedClipping(_all(), 0.5, 1.0, 4),
    "client adaptive": lambda: flower.DifferentialPrivacyClientSideAdaptiveClipping(
        _all(), 0.5, 4, clipped_count_stddev=2.0
    ),
}


@app.main()
def main(grid: Grid, context: Context) -> None:
    """Run the configured rounds."""
    name, rounds = str(context.run_config["strategy"]), int(context.run_config["num-server-rounds"])
    if ready := (OVERRIDES | BY_HAND).get(name):
        ready(grid, rounds)
    else:
        initial = ArrayRecord([np.zeros(1000)])
        STRATEGIES[name]().start(grid=grid, initial_arrays=initial, num_rounds=rounds)
