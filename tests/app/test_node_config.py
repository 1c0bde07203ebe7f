"""The node config: the user's values, each client's own partition, and Flower's two."""

import json

from kubeflower.node_config import node_config


def test_without_values_it_is_flowers_two() -> None:
    """Nothing else is there."""
    assert node_config("", 1, 3) == {"partition-id": 1, "num-partitions": 3}


def test_a_text_gets_the_clients_partition_and_other_values_stay_as_they_are() -> None:
    """As Flower's user config, values are texts, numbers and truths."""
    path = "/data/site-{partition}/{partition}.csv"
    text = json.dumps({"dataset-path": path, "batch": 32, "lr": 0.5, "full": True})
    assert node_config(text, 2, 3) == {
        "dataset-path": "/data/site-2/2.csv",
        "batch": 32,
        "lr": 0.5,
        "full": True,
        "partition-id": 2,
        "num-partitions": 3,
    }
