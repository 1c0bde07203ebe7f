"""ClientApp: trains with the learning rate that the strategy has sent."""

from flwr.app import ArrayRecord, Context, Message, MetricRecord, RecordDict
from flwr.clientapp import ClientApp

from custom_strategy import task

app = ClientApp()


@app.train()
def train(message: Message, context: Context) -> Message:
    """Train the received model and return it."""
    inputs, targets = task.make_data(int(context.node_config["partition-id"]))
    [weights] = message.content.array_records["arrays"].to_numpy_ndarrays()
    rate = float(str(message.content.config_records["config"]["learning-rate"]))
    trained = task.train(weights, inputs, targets, rate)
    content = RecordDict(
        {
            "arrays": ArrayRecord([trained]),
            "metrics": MetricRecord({"num-examples": len(targets)}),
        }
    )
    return Message(content, reply_to=message)


@app.evaluate()
def evaluate(message: Message, context: Context) -> Message:
    """Return the loss of the received model."""
    inputs, targets = task.make_data(int(context.node_config["partition-id"]))
    [weights] = message.content.array_records["arrays"].to_numpy_ndarrays()
    loss = task.evaluate(weights, inputs, targets)
    metrics = MetricRecord({"loss": loss, "num-examples": len(targets)})
    return Message(RecordDict({"metrics": metrics}), reply_to=message)
