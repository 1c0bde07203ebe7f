"""ClientApp: a NumPyClient whose updates the mod `secaggplus_mod` masks before they are sent."""

from typing import Any

from flwr.app import Context
from flwr.client import Client, ClientApp, NumPyClient
from flwr.client.mod import secaggplus_mod

from secure_aggregation import task

Fit = tuple[list[task.Weights], int, dict[str, Any]]
Evaluation = tuple[float, int, dict[str, Any]]


class SecretClient(NumPyClient):
    """A client with a number that nobody else may learn."""

    def __init__(self, secret: int) -> None:
        self.secret = secret

    def fit(self, parameters: list[task.Weights], config: dict[str, Any]) -> Fit:
        """Train for one round."""
        return [task.train(weights, self.secret) for weights in parameters], 1, {}

    def evaluate(self, parameters: list[task.Weights], config: dict[str, Any]) -> Evaluation:
        """Evaluate the model of the round."""
        return task.evaluate(parameters[0]), 1, {}


def client_fn(context: Context) -> Client:
    """Make a client; its secret is its partition's number, so that the result can be checked."""
    return SecretClient(int(context.node_config["partition-id"])).to_client()


app = ClientApp(client_fn=client_fn, mods=[secaggplus_mod])
