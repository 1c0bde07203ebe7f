"""ClientApp: trains and evaluates the model on the client's own partition."""

import numpy as np
from flwr.app import Array, ArrayRecord, Context, Message, MetricRecord, RecordDict
from flwr.clientapp import ClientApp

from linear_jax import task

app = ClientApp()


@app.train()
def train(message: Message, context: Context) -> Message:
    """Train the received parameters."""
    features, target = _load_data(context)
    config = context.run_config
    parameters = task.train(
        _received(message),
        features,
        target,
        int(config["local-epochs"]),
        float(config["learning-rate"]),
    )
    arrays = ArrayRecord({key: Array(np.asarray(value)) for key, value in parameters.items()})
    metrics = MetricRecord({"num-examples": len(target)})
    return Message(RecordDict({"arrays": arrays, "metrics": metrics}), reply_to=message)


@app.evaluate()
def evaluate(message: Message, context: Context) -> Message:
    """Return the received parameters' loss."""
    features, target = _load_data(context)
    loss = float(task.loss(_received(message), features, target))
    metrics = MetricRecord({"num-examples": len(target), "loss": loss})
    return Message(RecordDict({"metrics": metrics}), reply_to=message)


def _received(message: Message) -> task.Parameters:
    arrays = message.content.array_records["arrays"]
    return {key: array.numpy() for key, array in arrays.items()}


def _load_data(context: Context) -> tuple[np.ndarray, np.ndarray]:  # type: ignore[type-arg]
    node = context.node_config
    return task.load_data(int(node["partition-id"]), int(node["num-partitions"]))
