"""ClientApp: trains and evaluates on its own partition."""

import functools

import numpy as np
import torch
from flwr.app import ArrayRecord, ConfigRecord, Context, Message, MetricRecord, RecordDict
from flwr.clientapp import ClientApp

from vision import data, model, partition

app = ClientApp()


@functools.cache
def _own(dataset: str, folder: str, how: str, alpha: float, seed: int, part: int, parts: int):  # type: ignore[no-untyped-def]
    def choose(labels: data.Labels) -> data.Indices:
        return partition.split(labels, parts, how, alpha, seed)[part]

    images, labels, indices = data.load_part(dataset, folder, True, choose)
    return images, labels, partition.digest(indices)


def _load(message: Message, context: Context):  # type: ignore[no-untyped-def]
    config, node = context.run_config, context.node_config
    own = _own(
        str(config["dataset"]), str(config["data-dir"]), str(config["partitioning"]),
        float(config["alpha"]), int(config["seed"]),
        int(node["partition-id"]), int(node["num-partitions"]),
    )  # fmt: skip
    torch.set_num_threads(1)
    network = model.build(str(config["dataset"]))
    network.load_state_dict(message.content.array_records["arrays"].to_torch_state_dict())
    return network, own


@app.train()
def train(message: Message, context: Context) -> Message:
    """One local training; the reply's `partition` record says which data it was."""
    config = context.run_config
    network, (images, labels, digest) = _load(message, context)
    number = int(str(message.content.config_records["config"]["server-round"]))
    seeds = [int(config["seed"]), int(context.node_config["partition-id"]), number]
    loss = model.train(
        network, images, labels,
        epochs=int(config["local-epochs"]), batch=int(config["batch-size"]),
        rate=float(config["learning-rate"]), momentum=float(config["momentum"]),
        seed=int(np.random.SeedSequence(seeds).generate_state(1)[0]),
    )  # fmt: skip
    histogram = [int(n) for n in np.bincount(labels, minlength=10)]
    content = RecordDict(
        {
            "arrays": ArrayRecord(network.state_dict()),
            "metrics": MetricRecord({"loss": loss, "num-examples": len(labels)}),
            "partition": ConfigRecord(
                {"count": len(labels), "histogram": histogram, "sha256": digest}
            ),
        }
    )
    return Message(content, reply_to=message)


@app.evaluate()
def evaluate(message: Message, context: Context) -> Message:
    """Loss and accuracy on the client's own images."""
    network, (images, labels, _) = _load(message, context)
    loss, accuracy = model.evaluate(network, images, labels)
    metrics = MetricRecord({"loss": loss, "accuracy": accuracy, "num-examples": len(labels)})
    return Message(RecordDict({"metrics": metrics}), reply_to=message)
