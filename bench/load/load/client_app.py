"""ClientApp: returns the model unchanged."""

import time

from flwr.app import Context, Message, MetricRecord, RecordDict
from flwr.clientapp import ClientApp

app = ClientApp()


@app.train()
def train(message: Message, context: Context) -> Message:
    """Wait `pause` seconds in place of training."""
    time.sleep(float(context.run_config["pause"]))
    arrays = message.content.array_records["arrays"]
    metrics = MetricRecord({"num-examples": 1})
    return Message(RecordDict({"arrays": arrays, "metrics": metrics}), reply_to=message)


@app.evaluate()
def evaluate(message: Message, context: Context) -> Message:
    """Return a loss of 0."""
    metrics = MetricRecord({"loss": 0.0, "num-examples": 1})
    return Message(RecordDict({"metrics": metrics}), reply_to=message)
