"""ClientApp of a NumPyClient, its updates masked by SecAgg+."""

from typing import Any

import numpy as np
from flwr.app import Context
from flwr.client import ClientApp, NumPyClient
from flwr.client.mod import secaggplus_mod


class Adder(NumPyClient):
    """Adds its partition's number to every weight."""

    def __init__(self, partition: int) -> None:
        self.partition = partition

    def fit(self, parameters: list[Any], config: dict[str, Any]) -> tuple[list[Any], int, dict]:  # type: ignore[type-arg]
        """One step."""
        return [p + self.partition for p in parameters], 1, {}

    def evaluate(self, parameters: list[Any], config: dict[str, Any]) -> tuple[float, int, dict]:  # type: ignore[type-arg]
        """The weights' mean as the loss."""
        return float(np.mean(parameters[0])), 1, {}


def client_fn(context: Context) -> Any:
    """One client of a partition."""
    return Adder(int(context.node_config["partition-id"])).to_client()


app = ClientApp(client_fn=client_fn, mods=[secaggplus_mod])
