"""ClientApp: has a function for each kind of message, and counts in its state how often it ran."""

from flwr.app import Context, Message, MetricRecord, RecordDict
from flwr.clientapp import ClientApp

from custom_loop import task

app = ClientApp()


@app.query()
def query(message: Message, context: Context) -> Message:
    """Return this client's partition."""
    who = MetricRecord({"partition": int(context.node_config["partition-id"])})
    return Message(RecordDict({"who": who}), reply_to=message)


@app.train("slowly")
def train(message: Message, context: Context) -> Message:
    """Return how often this client was asked to train."""
    asked = MetricRecord({"times": task.count(context.state)})
    return Message(RecordDict({"asked": asked}), reply_to=message)
