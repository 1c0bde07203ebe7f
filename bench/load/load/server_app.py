"""ServerApp: FedAvg over a model of `arrays` arrays with `floats` 32-bit numbers in all."""

import numpy as np
from flwr.app import ArrayRecord, Context
from flwr.serverapp import Grid, ServerApp
from flwr.serverapp.strategy import FedAvg

app = ServerApp()


@app.main()
def main(grid: Grid, context: Context) -> None:
    """Run the configured rounds."""
    config = context.run_config
    clients, arrays = int(config["clients"]), int(config["arrays"])
    size = int(config["floats"]) // arrays
    FedAvg(
        fraction_train=1.0,
        fraction_evaluate=1.0 if config["evaluate"] else 0.0,
        min_train_nodes=clients,
        min_evaluate_nodes=clients,
        min_available_nodes=clients,
    ).start(
        grid=grid,
        initial_arrays=ArrayRecord([np.ones(size, np.float32) for _ in range(arrays)]),
        num_rounds=int(config["num-server-rounds"]),
    )
