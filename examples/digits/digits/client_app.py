"""ClientApp: trains and evaluates the model on the client's own partition."""

from flwr.app import ArrayRecord, Context, Message, MetricRecord, RecordDict
from flwr.clientapp import ClientApp
from sklearn.linear_model import LogisticRegression

from digits import task

app = ClientApp()


@app.train()
def train(message: Message, context: Context) -> Message:
    """Train the received model; return it with its loss."""
    model = _received_model(message, context)
    images, _, labels, _ = _load_data(context)
    loss = task.train(model, images, labels)
    content = RecordDict(
        {
            "arrays": ArrayRecord(task.get_parameters(model)),
            "metrics": MetricRecord({"num-examples": len(images), "train_logloss": loss}),
        }
    )
    return Message(content, reply_to=message)


@app.evaluate()
def evaluate(message: Message, context: Context) -> Message:
    """Return loss and accuracy of the received model."""
    model = _received_model(message, context)
    _, images, _, labels = _load_data(context)
    loss, accuracy = task.evaluate(model, images, labels)
    metrics = MetricRecord(
        {"num-examples": len(images), "test_logloss": loss, "accuracy": accuracy}
    )
    return Message(RecordDict({"metrics": metrics}), reply_to=message)


def _received_model(message: Message, context: Context) -> LogisticRegression:
    parameters = message.content.array_records["arrays"].to_numpy_ndarrays()
    return task.make_model(int(context.run_config["local-epochs"]), parameters)


def _load_data(context: Context) -> task.Arrays:
    node = context.node_config
    return task.load_data(int(node["partition-id"]), int(node["num-partitions"]))
