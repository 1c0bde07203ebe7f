"""ServerApp: runs FedAvg with its defaults and saves the model in the working directory."""

import numpy as np
from flwr.app import ArrayRecord, Context
from flwr.serverapp import Grid, ServerApp
from flwr.serverapp.strategy import FedAvg

from quickstart.task import get_model

app = ServerApp()


@app.main()
def main(grid: Grid, context: Context) -> None:
    """Run all rounds."""
    num_rounds = int(context.run_config["num-server-rounds"])
    arrays = ArrayRecord(get_model())
    result = FedAvg().start(grid=grid, initial_arrays=arrays, num_rounds=num_rounds)
    np.savez("final_model", *result.arrays.to_numpy_ndarrays())
