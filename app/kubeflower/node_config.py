"""The node config of a client, which its app reads from `context.node_config`."""

import json

VARIABLE = "KUBEFLOWER_NODE_CONFIG"
"""Environment variable with the stack's setting nodeConfig, one JSON object."""
PLACE = "{partition}"
"""Text that stands for the client's partition."""


def node_config(text: str, partition: int, partitions: int) -> dict[str, str | int | float | bool]:
    """Return the user's values with the client's own partition, and Flower's two.

    Args:
        text: The user's values as a JSON object; empty when there are none.
        partition: The client's partition.
        partitions: Number of partitions.
    """
    own = json.loads(text or "{}")
    return {
        **{
            key: value.replace(PLACE, str(partition)) if isinstance(value, str) else value
            for key, value in own.items()
        },
        "partition-id": partition,
        "num-partitions": partitions,
    }
