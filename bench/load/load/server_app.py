"""ServerApp: FedAvg over a model of `arrays` arrays with `floats` 32-bit numbers in all."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
from flwr.app import ArrayRecord, ConfigRecord, Context, Message
from flwr.serverapp import Grid, ServerApp
from flwr.serverapp.strategy import FedAvg

from load.meter import Meter

app = ServerApp()


class Timed(FedAvg):
    """FedAvg that notes when each round begins."""

    meter: Meter

    def configure_train(
        self, server_round: int, arrays: ArrayRecord, config: ConfigRecord, grid: Grid
    ) -> Iterable[Message]:
        """As FedAvg."""
        self.meter.lap()
        return super().configure_train(server_round, arrays, config, grid)


@app.main()
def main(grid: Grid, context: Context) -> None:
    """Run the configured rounds; write what they used to the file `times`."""
    config = context.run_config
    clients = int(config["clients"])
    arrays = int(config["arrays"])
    size = int(config["floats"]) // arrays
    strategy = Timed(
        fraction_train=1.0,
        fraction_evaluate=1.0 if config["evaluate"] else 0.0,
        min_train_nodes=clients,
        min_evaluate_nodes=clients,
        min_available_nodes=clients,
    )
    strategy.meter = Meter()
    strategy.start(
        grid=grid,
        initial_arrays=ArrayRecord([np.ones(size, np.float32) for _ in range(arrays)]),
        num_rounds=int(config["num-server-rounds"]),
    )
    strategy.meter.lap()
    strategy.meter.write(Path(str(config["times"])))
