"""ClientApp: trains and evaluates the model on the client's own partition."""

import functools
import os
from dataclasses import dataclass, replace

import numpy as np
import torch
from flwr.app import ArrayRecord, ConfigRecord, Context, Message, MetricRecord, RecordDict
from flwr.clientapp import ClientApp
from torch import nn

from vision import data, folder, model, partition
from vision.run_config import OWN, DataConfig, TrainingConfig

app = ClientApp()


@dataclass(frozen=True)
class Partition:
    """The images of one client."""

    images: data.Images
    labels: data.Labels
    digest: str
    """sha256 of the images' indices in the data set, or of a folder's images and labels."""
    classes: int
    """Number of classes."""


@app.train()
def train(message: Message, context: Context) -> Message:
    """Train for one round; the reply's record `partition` describes the client's data."""
    config = TrainingConfig.read(context.run_config)
    own = _own_partition(context)
    network = _received_model(message, context)
    loss = model.train(
        network,
        own.images,
        own.labels,
        epochs=config.epochs,
        batch=config.batch_size,
        rate=config.learning_rate,
        momentum=config.momentum,
        seed=_round_seed(message, context),
    )
    content = RecordDict(
        {
            "arrays": ArrayRecord(network.state_dict()),
            "metrics": MetricRecord({"loss": loss, "num-examples": len(own.labels)}),
            "partition": _description(own),
        }
    )
    return Message(content, reply_to=message)


@app.evaluate()
def evaluate(message: Message, context: Context) -> Message:
    """Return loss and accuracy on the client's own images."""
    own = _own_partition(context)
    network = _received_model(message, context)
    loss, accuracy = model.evaluate(network, own.images, own.labels)
    metrics = MetricRecord({"loss": loss, "accuracy": accuracy, "num-examples": len(own.labels)})
    return Message(RecordDict({"metrics": metrics}), reply_to=message)


def _own_partition(context: Context) -> Partition:
    node = context.node_config
    config = DataConfig.read(context.run_config)
    path = str(node.get("dataset-path", config.folder))
    return _load_partition(
        replace(config, folder=path), int(node["partition-id"]), int(node["num-partitions"])
    )


@functools.cache
def _load_partition(config: DataConfig, number: int, count: int) -> Partition:
    """Load partition `number` of `count`, or all that the client's own folder has."""
    if config.dataset == OWN:
        images, labels = folder.load(config.folder, config.shape, config.classes)
        return Partition(images, labels, partition.digest_of(images, labels), len(config.classes))

    def choose(labels: data.Labels) -> data.Indices:
        parts = partition.split(labels, count, config.partitioning, config.alpha, config.seed)
        return parts[number]

    images, labels, indices = data.load_part(config.dataset, config.folder, True, choose)
    return Partition(images, labels, partition.digest(indices), len(config.classes))


def _received_model(message: Message, context: Context) -> nn.Module:
    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "1")))
    config = DataConfig.read(context.run_config)
    network = model.build(config.shape, len(config.classes))
    network.load_state_dict(message.content.array_records["arrays"].to_torch_state_dict())
    return network


def _round_seed(message: Message, context: Context) -> int:
    """Return a seed that differs between clients and rounds."""
    number = int(str(message.content.config_records["config"]["server-round"]))
    seed = DataConfig.read(context.run_config).seed
    seeds = [seed, int(context.node_config["partition-id"]), number]
    return int(np.random.SeedSequence(seeds).generate_state(1)[0])


def _description(own: Partition) -> ConfigRecord:
    histogram = [int(count) for count in np.bincount(own.labels, minlength=own.classes)]
    return ConfigRecord({"count": len(own.labels), "histogram": histogram, "sha256": own.digest})
