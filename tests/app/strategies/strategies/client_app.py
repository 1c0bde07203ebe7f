"""ClientApp: its numbers depend on seed, order and state, so mistakes change the model's sha256."""

import time
from pathlib import Path

import numpy as np
from flwr.app import Array, ArrayRecord, Context, Message, MetricRecord, RecordDict
from flwr.clientapp import ClientApp
from flwr.clientapp.mod import adaptiveclipping_mod, fixedclipping_mod
from flwr.clientapp.typing import ClientAppCallable

MODS = {"client fixed": fixedclipping_mod, "client adaptive": adaptiveclipping_mod}


def clipping(message: Message, context: Context, call_next: ClientAppCallable) -> Message:
    """Apply the mod that the strategy needs."""
    mod = MODS.get(str(context.run_config["strategy"]))
    if mod is None or message.metadata.message_type != "train":
        return call_next(message, context)
    return mod(message, context, call_next)


app = ClientApp(mods=[clipping])


@app.train()
def train(message: Message, context: Context) -> Message:
    partition = int(context.node_config["partition-id"])
    time.sleep(float(context.run_config["pause"]))
    await_gate(str(context.run_config["gate"]), partition, message)
    [(key, array)] = message.content.array_records["arrays"].items()
    weights = array.numpy()
    asked = int(str(context.state.metric_records.get("asked", {"times": 0})["times"])) + 1
    context.state["asked"] = MetricRecord({"times": asked})
    config = message.content.config_records["config"]
    speed = float(str(config.get("lr", 1.0))) * float(str(config.get("factor", 1.0)))
    step = np.random.normal(0.1 * asked, 1, weights.shape) * speed
    arrays = ArrayRecord({key: Array(weights + step)})
    metrics = MetricRecord({"num-examples": partition + 1, "train_loss": 1.0 + partition})
    return Message(RecordDict({"arrays": arrays, "metrics": metrics}), reply_to=message)


def await_gate(folder: str, partition: int, message: Message) -> None:
    """Wait until `folder` has a file named after the round; without a folder go on at once.

    A file `ROUND-PARTITION` tells the test that this client waits.
    """
    if not folder:
        return
    config = message.content.config_records["config"]
    number = str(int(str(config["server-round"])) + int(str(config.get("rounds-before", 0))))
    Path(folder, f"{number}-{partition}").touch()
    while not Path(folder, number).exists():
        time.sleep(0.01)


@app.evaluate()
def evaluate(message: Message, context: Context) -> Message:
    """Return the weights' mean as the loss."""
    [weights] = message.content.array_records["arrays"].to_numpy_ndarrays()
    metrics = MetricRecord({"loss": float(weights.mean()), "num-examples": 1})
    return Message(RecordDict({"metrics": metrics}), reply_to=message)
