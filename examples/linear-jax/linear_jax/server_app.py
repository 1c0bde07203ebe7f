"""ServerApp: averages the clients' parameters."""

import numpy as np
from flwr.app import Array, ArrayRecord, Context
from flwr.serverapp import Grid, ServerApp
from flwr.serverapp.strategy import FedAvg

from linear_jax import task

app = ServerApp()


@app.main()
def main(grid: Grid, context: Context) -> None:
    """Run the configured rounds, and save the parameters."""
    first = {key: Array(np.asarray(value)) for key, value in task.make_parameters().items()}
    result = FedAvg(fraction_train=1.0, fraction_evaluate=1.0).start(
        grid=grid,
        initial_arrays=ArrayRecord(first),
        num_rounds=int(context.run_config["num-server-rounds"]),
    )
    last = {key: array.numpy() for key, array in result.arrays.items()}
    np.savez("parameters", **last)  # type: ignore[arg-type]
