"""The task: count how often a client was asked."""

from flwr.app import MetricRecord, RecordDict


def count(state: RecordDict) -> int:
    """Count one more question in the client's state; returns the number so far."""
    times = 1
    if "asked" in state.metric_records:
        times += int(str(state.metric_records["asked"]["times"]))
    state["asked"] = MetricRecord({"times": times})
    return times
