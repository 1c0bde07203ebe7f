"""ClientApp: returns the model as it got it."""

import time

from flwr.app import Context, Message, MetricRecord, RecordDict
from flwr.clientapp import ClientApp

app = ClientApp()


@app.train()
def train(message: Message, context: Context) -> Message:
    """No training, but it takes `pause` seconds."""
    time.sleep(float(context.run_config["pause"]))
    arrays = message.content.array_records["arrays"]
    metrics = MetricRecord({"num-examples": 1})
    return Message(RecordDict({"arrays": arrays, "metrics": metrics}), reply_to=message)


@app.evaluate()
def evaluate(message: Message, context: Context) -> Message:
    """No evaluation."""
    metrics = MetricRecord({"loss": 0.0, "num-examples": 1})
    return Message(RecordDict({"metrics": metrics}), reply_to=message)
