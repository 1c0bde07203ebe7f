"""ServerApp that drives a SecAgg+ workflow; saves the model it ends with as most apps do."""

import numpy as np
from flwr.app import Context
from flwr.common import ndarrays_to_parameters, parameters_to_ndarrays
from flwr.server import Grid, LegacyContext, ServerApp, ServerConfig
from flwr.server.strategy import FedAvg
from flwr.server.workflow import DefaultWorkflow, SecAggPlusWorkflow

app = ServerApp()


class Saving(FedAvg):
    """Keeps the newest aggregate in a file of the working directory."""

    def aggregate_fit(self, server_round, results, failures):  # type: ignore[no-untyped-def]
        parameters, metrics = super().aggregate_fit(server_round, results, failures)
        if parameters is not None:
            np.save("weights.npy", parameters_to_ndarrays(parameters)[0])
        return parameters, metrics


@app.main()
def main(grid: Grid, context: Context) -> None:
    """Two rounds."""
    strategy = Saving(
        min_fit_clients=3,
        min_evaluate_clients=3,
        min_available_clients=3,
        initial_parameters=ndarrays_to_parameters([np.zeros(10)]),
    )
    rounds = int(context.run_config["num-server-rounds"])
    legacy = LegacyContext(context, ServerConfig(num_rounds=rounds), strategy=strategy)
    masked = SecAggPlusWorkflow(num_shares=3, reconstruction_threshold=2, timeout=20)
    DefaultWorkflow(fit_workflow=masked)(grid, legacy)
