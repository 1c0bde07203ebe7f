"""ServerApp: FedAvg that may be slow."""

import time
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from flwr.app import ArrayRecord, ConfigRecord, Context, Message, MetricRecord
from flwr.serverapp import Grid, ServerApp
from flwr.serverapp.strategy import FedAvg

from troubled.trouble import TROUBLES

app = ServerApp()


class Leisurely(FedAvg):
    """Prints what it does, and may pause before it."""

    rest = 0.0
    gate = ""
    pause = 0.0
    trouble = ""

    def configure_train(
        self, server_round: int, arrays: ArrayRecord, config: ConfigRecord, grid: Grid
    ) -> Iterable[Message]:
        """As FedAvg, after `rest` seconds and once `gate` has a file named after the round."""
        print(f"rests before round {server_round}", flush=True)
        time.sleep(self.rest)
        while self.gate and not Path(self.gate, str(server_round)).exists():
            time.sleep(0.01)
        return super().configure_train(server_round, arrays, config, grid)

    def aggregate_train(
        self, server_round: int, replies: Iterable[Message]
    ) -> tuple[ArrayRecord | None, MetricRecord | None]:
        """As FedAvg, after `pause` seconds."""
        print(f"aggregates round {server_round}", flush=True)
        if self.trouble:
            TROUBLES[self.trouble]()
        time.sleep(self.pause)
        return super().aggregate_train(server_round, replies)


@app.main()
def main(grid: Grid, context: Context) -> None:
    """Run the configured rounds."""
    config = context.run_config
    clients = int(config["clients"])
    strategy = Leisurely(
        fraction_train=1e-9,
        fraction_evaluate=1e-9,
        min_train_nodes=clients,
        min_evaluate_nodes=clients,
        min_available_nodes=int(config["min-nodes"]),
    )
    strategy.rest = float(config["rest"])
    strategy.gate = str(config["gate"])
    strategy.pause = float(config["aggregation-pause"])
    strategy.trouble = str(config["server-trouble"])
    strategy.start(
        grid=grid,
        initial_arrays=ArrayRecord([np.zeros(int(config["floats"]))]),
        num_rounds=int(config["num-server-rounds"]),
    )
    print("rests before the end", flush=True)
    time.sleep(strategy.rest)
