"""ClientApp: trains and evaluates the model on the client's own partition."""

from typing import Any

from flwr.app import ArrayRecord, Context, Message, MetricRecord, RecordDict
from flwr.clientapp import ClientApp

from keras_jax import task

app = ClientApp()


@app.train()
def train(message: Message, context: Context) -> Message:
    """Train the received model."""
    model, (flowers, kinds) = _received(message), _load_data(context)
    epochs = int(context.run_config["local-epochs"])
    model.fit(flowers, kinds, epochs=epochs, batch_size=16, shuffle=False, verbose=0)
    metrics = MetricRecord({"num-examples": len(kinds)})
    content = RecordDict({"arrays": ArrayRecord(model.get_weights()), "metrics": metrics})
    return Message(content, reply_to=message)


@app.evaluate()
def evaluate(message: Message, context: Context) -> Message:
    """Return the received model's loss and accuracy."""
    flowers, kinds = _load_data(context)
    loss, accuracy = _received(message).evaluate(flowers, kinds, verbose=0)
    metrics = MetricRecord(
        {"num-examples": len(kinds), "loss": float(loss), "accuracy": float(accuracy)}
    )
    return Message(RecordDict({"metrics": metrics}), reply_to=message)


def _received(message: Message) -> Any:
    model = task.make_model()
    model.set_weights(message.content.array_records["arrays"].to_numpy_ndarrays())
    return model


def _load_data(context: Context) -> tuple[Any, Any]:
    node = context.node_config
    return task.load_data(int(node["partition-id"]), int(node["num-partitions"]))
