"""ClientApp: trains and evaluates the model on the data of the client's own partition."""

from flwr.app import ArrayRecord, Context, Message, MetricRecord, RecordDict
from flwr.clientapp import ClientApp

from mlflow_tracking import task

app = ClientApp()


@app.train()
def train(message: Message, context: Context) -> Message:
    """Train the received model; return it with its loss."""
    inputs, labels = task.make_data(int(context.node_config["partition-id"]))
    [weights] = message.content.array_records["arrays"].to_numpy_ndarrays()
    weights = task.train(weights, inputs, labels, float(context.run_config["learning-rate"]))
    loss, _ = task.evaluate(weights, inputs, labels)
    content = RecordDict(
        {
            "arrays": ArrayRecord([weights]),
            "metrics": MetricRecord({"num-examples": len(labels), "loss": loss}),
        }
    )
    return Message(content, reply_to=message)


@app.evaluate()
def evaluate(message: Message, context: Context) -> Message:
    """Return loss and accuracy of the received model."""
    inputs, labels = task.make_data(int(context.node_config["partition-id"]))
    [weights] = message.content.array_records["arrays"].to_numpy_ndarrays()
    loss, accuracy = task.evaluate(weights, inputs, labels)
    metrics = MetricRecord({"num-examples": len(labels), "loss": loss, "accuracy": accuracy})
    return Message(RecordDict({"metrics": metrics}), reply_to=message)
