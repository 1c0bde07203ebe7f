"""ServerApp: FedAvg inside Flower's SecAgg+ workflow; saves the final weights."""

import numpy as np
from flwr.app import Context
from flwr.common import FitRes, Parameters, Scalar, ndarrays_to_parameters, parameters_to_ndarrays
from flwr.server import Grid, LegacyContext, ServerApp, ServerConfig
from flwr.server.client_proxy import ClientProxy
from flwr.server.strategy import FedAvg
from flwr.server.workflow import DefaultWorkflow, SecAggPlusWorkflow

from secure_aggregation import task

CLIENTS = 3
"""Clients of each round, the least that SecAgg+ works with."""

app = ServerApp()


class SavingFedAvg(FedAvg):
    """FedAvg that saves the newest weights in the working directory."""

    def aggregate_fit(
        self,
        server_round: int,
        results: list[tuple[ClientProxy, FitRes]],
        failures: list[tuple[ClientProxy, FitRes] | BaseException],
    ) -> tuple[Parameters | None, dict[str, Scalar]]:
        """Aggregate, then save."""
        parameters, metrics = super().aggregate_fit(server_round, results, failures)
        if parameters is not None:
            np.save("weights.npy", parameters_to_ndarrays(parameters)[0])
        return parameters, metrics


@app.main()
def main(grid: Grid, context: Context) -> None:
    """Run the configured rounds."""
    strategy = SavingFedAvg(
        min_fit_clients=CLIENTS,
        min_evaluate_clients=CLIENTS,
        min_available_clients=CLIENTS,
        initial_parameters=ndarrays_to_parameters([task.initial_weights()]),
    )
    rounds = int(context.run_config["num-server-rounds"])
    legacy_context = LegacyContext(context, ServerConfig(num_rounds=rounds), strategy=strategy)
    # Each secret is split into 3 shares; any 2 of them restore the mask of a client that is lost.
    masked = SecAggPlusWorkflow(num_shares=3, reconstruction_threshold=2, timeout=20)
    DefaultWorkflow(fit_workflow=masked)(grid, legacy_context)
