"""The activity of each client, for people."""

import time
from collections.abc import Collection, Iterable
from typing import Any

from kubeflower.pending_message import PendingMessage


def activity(
    replicas: int, online: Collection[int], pending: Iterable[PendingMessage]
) -> list[dict[str, Any]]:
    """List what each partition does.

    `doing` is offline, idle, or the kind of the message that the partition works on, such as train;
    `seconds` is since when, None if that is not known.

    Args:
        replicas: Number of partitions.
        online: Partitions that are connected.
        pending: Messages of the phase in progress.
    """
    asked = {message.partition: message for message in pending if message.reply is None}
    now = time.monotonic()
    clients = []
    for partition in range(replicas):
        message, seconds, doing = asked.get(partition), None, "idle"
        if partition not in online:
            doing = "offline"
        elif message is not None:
            doing = message.message.metadata.message_type.partition(".")[0]
            seconds = round(now - message.began, 1)
        clients.append({"partition": partition, "doing": doing, "seconds": seconds})
    return clients
