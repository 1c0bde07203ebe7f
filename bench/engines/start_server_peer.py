"""One process of Flower's older engine: its server or one client.

Usage: python -m engines.start_server_peer PART ADDRESS WORKLOAD TIMES
"""

import json
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
from flwr.client import NumPyClient, start_client
from flwr.common import ndarrays_to_parameters
from flwr.server import ServerConfig, SimpleClientManager, start_server
from flwr.server.strategy import FedAvg

from load.meter import Meter
from workload import Workload


def server(address: str, work: Workload, times: Path) -> None:
    """Run the rounds; write their seconds to the file `times`."""
    meter = Meter()

    class Timed(FedAvg):
        """FedAvg that notes when each round begins."""

        def configure_fit(self, server_round: int, parameters: Any, client_manager: Any) -> Any:
            meter.lap()
            return super().configure_fit(server_round, parameters, client_manager)

    class Watching(SimpleClientManager):
        """Prints when a client leaves."""

        def unregister(self, client: Any) -> None:
            print("client is gone", flush=True)
            super().unregister(client)

    size = work.floats // work.arrays
    strategy = Timed(
        fraction_fit=1.0,
        fraction_evaluate=1.0 if work.evaluate else 0.0,
        min_fit_clients=work.clients,
        min_evaluate_clients=work.clients if work.evaluate else 0,
        min_available_clients=work.clients,
        initial_parameters=ndarrays_to_parameters(
            [np.ones(size, np.float32) for _ in range(work.arrays)]
        ),
    )
    start_server(
        server_address=address,
        config=ServerConfig(num_rounds=work.rounds),
        strategy=strategy,
        client_manager=Watching(),
    )
    meter.lap()
    meter.write(times)


def client(address: str, work: Workload) -> None:
    """Answer messages until the server ends."""

    class Echo(NumPyClient):
        """Returns the model unchanged."""

        def fit(self, parameters: Any, config: Any) -> Any:
            time.sleep(work.pause)
            return parameters, 1, {}

        def evaluate(self, parameters: Any, config: Any) -> Any:
            return 0.0, 1, {}

    start_client(server_address=address, client=Echo().to_client(), insecure=True)


if __name__ == "__main__":
    _, part, address, text, times = sys.argv
    work = Workload(**json.loads(text))
    if part == "server":
        server(address, work, Path(times))
    else:
        client(address, work)
