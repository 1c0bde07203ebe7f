"""ClientApp: adds random numbers, so that any wrong seed or order shows in the model's sha256."""

import time
from pathlib import Path

import numpy as np
from flwr.app import ArrayRecord, Context, Message, MetricRecord, RecordDict
from flwr.clientapp import ClientApp

from troubled.trouble import TROUBLES, hog

app = ClientApp()
# A file here survives the container, but not the pod.
HOGGED = Path("/tmp/hogged")


@app.train()
def train(message: Message, context: Context) -> Message:
    """Add random numbers for `pause` seconds; print the round."""
    config = context.run_config
    partition = int(context.node_config["partition-id"])
    number = int(str(message.content.config_records["config"]["server-round"]))
    print(f"trains round {number}", flush=True)
    if partition == config["hog-partition"] and not (config["hog-once"] and HOGGED.exists()):
        HOGGED.touch()
        hog(int(config["hog-mebibytes"]))
    if config["trouble"] and config["trouble-partition"] in (partition, -1):
        TROUBLES[str(config["trouble"])]()
    fails = partition == config["fail-partition"] and config["fail-how"]
    if fails == "raise":
        raise RuntimeError("no data here")
    time.sleep(float(config["pause"]) * (10 if partition == config["slow-partition"] else 1))
    [weights] = message.content.array_records["arrays"].to_numpy_ndarrays()
    weights = weights + np.random.normal(partition, 1, weights.shape)
    if fails == "nan":
        weights[7] = np.nan
    arrays = ArrayRecord([weights[:7] if fails == "shape" else weights])
    metrics = MetricRecord({"num-examples": partition + 1})
    return Message(RecordDict({"arrays": arrays, "metrics": metrics}), reply_to=message)


@app.evaluate()
def evaluate(message: Message, context: Context) -> Message:
    """Return the weights' mean as the loss."""
    [weights] = message.content.array_records["arrays"].to_numpy_ndarrays()
    metrics = MetricRecord({"loss": float(weights.mean()), "num-examples": 1})
    return Message(RecordDict({"metrics": metrics}), reply_to=message)
