"""ClientApp: adds random numbers, so that any wrong seed or order shows in the model's sha256."""

import time
from pathlib import Path

import numpy as np
from flwr.app import ArrayRecord, ConfigRecord, Context, Message, MetricRecord, RecordDict
from flwr.clientapp import ClientApp

app = ClientApp()


@app.train()
def train(message: Message, context: Context) -> Message:
    """Add random numbers; takes `pause` seconds."""
    partition = int(context.node_config["partition-id"])
    fails = partition == context.run_config["fail-partition"] and context.run_config["fail-how"]
    if fails == "raise":
        raise RuntimeError("no data here")
    time.sleep(float(context.run_config["pause"]))
    await_gate(str(context.run_config["gate"]), partition, message)
    [weights] = message.content.array_records["arrays"].to_numpy_ndarrays()
    weights = weights + np.random.normal(partition, 1, weights.shape)
    if fails == "nan":
        weights[7] = np.nan
    arrays = ArrayRecord([weights[:7] if fails == "shape" else weights])
    metrics = MetricRecord({"num-examples": partition + 1})
    content = RecordDict({"arrays": arrays, "metrics": metrics})
    if context.run_config["odd-metrics"]:
        metrics["train_loss"] = float("nan")
        content["partition"] = ConfigRecord({"share": float("nan"), "key": b"\0\1"})
    return Message(content, reply_to=message)


def await_gate(folder: str, partition: int, message: Message) -> None:
    """Wait until `folder` has a file named after the round; without a folder go on at once.

    A file `ROUND-PARTITION` tells the test that this client waits.
    """
    if not folder:
        return
    number = str(message.content.config_records["config"]["server-round"])
    Path(folder, f"{number}-{partition}").touch()
    while not Path(folder, number).exists():
        time.sleep(0.01)


@app.evaluate()
def evaluate(message: Message, context: Context) -> Message:
    """Return the weights' mean as the loss."""
    [weights] = message.content.array_records["arrays"].to_numpy_ndarrays()
    metrics = MetricRecord({"loss": float(weights.mean()), "num-examples": 1})
    if context.run_config["odd-metrics"]:
        metrics["eval loss/per class"] = [0.5, float("nan"), float("inf")]
        metrics["run"], metrics["lowest"], metrics["most"] = 1.0, -float("inf"), 2**63
    return Message(RecordDict({"metrics": metrics}), reply_to=message)
