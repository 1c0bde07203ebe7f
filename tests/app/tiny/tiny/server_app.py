"""ServerApp: FedAvg whose evaluation waits, raises, exits or returns odd numbers as configured."""

import sys
import time
from pathlib import Path

import numpy as np
from flwr.app import ArrayRecord, Context, MetricRecord
from flwr.serverapp import Grid, ServerApp
from flwr.serverapp.strategy import FedAvg

app = ServerApp()


def hold(server_round: int) -> None:
    """Wait until somebody makes the file `go-on-<round>` in the working directory."""
    print(f"holds in round {server_round}", flush=True)
    while not Path(f"go-on-{server_round}").exists():
        time.sleep(0.05)


@app.main()
def main(grid: Grid, context: Context) -> None:
    """Run the configured rounds."""
    config = context.run_config
    held = [int(number) for number in str(config["hold"]).split(",") if number]

    def evaluate(server_round: int, arrays: ArrayRecord) -> MetricRecord:
        if server_round in held:
            hold(server_round)
        if server_round and server_round == config["fail-round"]:
            raise ValueError("the test set is gone")
        if server_round and server_round == config["exit-round"]:
            sys.exit("enough")
        if config["odd-metrics"]:
            loss = [float("inf"), float("nan"), -float("inf")][server_round % 3]
            accuracy = np.float64(server_round / 10)
            return MetricRecord({"loss": loss, "accuracy": accuracy, "huge": 10**309})
        return MetricRecord({"loss": 1.0 / (1 + server_round), "accuracy": server_round / 10})

    clients = int(config["clients"])
    strategy = FedAvg(
        fraction_train=1e-9,
        fraction_evaluate=1e-9,
        min_train_nodes=clients,
        min_evaluate_nodes=clients,
        min_available_nodes=int(config["min-nodes"]),
    )
    strategy.start(
        grid=grid,
        initial_arrays=ArrayRecord([np.zeros(1000)]),
        num_rounds=int(config["num-server-rounds"]),
        evaluate_fn=evaluate,
    )
