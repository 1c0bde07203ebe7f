"""ClientApp: answers a query with counts, and shows no row."""

from flwr.app import Context, Message, MetricRecord, RecordDict
from flwr.clientapp import ClientApp

from analytics import task

app = ClientApp()


@app.query()
def query(message: Message, context: Context) -> Message:
    """Return the histogram of each feature that the run config names."""
    node = context.node_config
    frame = task.load_data(int(node["partition-id"]), int(node["num-partitions"]))
    counts: dict[str, int | float | list[int] | list[float]] = {
        feature: task.histogram(frame[feature])
        for feature in str(context.run_config["features"]).split(",")
    }
    return Message(RecordDict({"counts": MetricRecord(counts)}), reply_to=message)
