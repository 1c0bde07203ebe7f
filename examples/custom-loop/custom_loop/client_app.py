"""ClientApp that counts in its state how often it was asked; one function for each question."""

from flwr.app import Context, Message, MetricRecord, RecordDict
from flwr.clientapp import ClientApp

app = ClientApp()


@app.train("slowly")
def train(message: Message, context: Context) -> Message:
    """Counts."""
    asked = context.state.metric_records.get("asked", MetricRecord({"times": 0}))
    times = int(str(asked["times"])) + 1
    context.state["asked"] = MetricRecord({"times": times})
    return Message(RecordDict({"asked": MetricRecord({"times": times})}), reply_to=message)


@app.query()
def query(message: Message, context: Context) -> Message:
    """Says who it is."""
    who = MetricRecord({"partition": int(context.node_config["partition-id"])})
    return Message(RecordDict({"who": who}), reply_to=message)
