"""The connected clients: for each partition the outbox of its newest stream."""

import queue
import threading
from collections.abc import Callable

import grpc

from kubeflower.token_verifier import LEEWAY, Proof, Refused

Sent = tuple[bytes, list[bytes]]
"""Kind and parts of a message of the stream."""


class Outbox:
    """Messages to send on one stream; it is closed when the stream ends."""

    def __init__(self) -> None:
        self._queue: queue.SimpleQueue[Callable[[], Sent | None] | None] = queue.SimpleQueue()

    def put(self, make: Callable[[], Sent | None]) -> None:
        """Queue a message; `make` is called on its turn, and returns None if it is not needed."""
        self._queue.put(make)

    def close(self) -> None:
        """End the stream after the messages that are queued."""
        self._queue.put(None)

    def get(self) -> Sent | None:
        """Wait for the next message; None when the outbox is closed."""
        while (make := self._queue.get()) is not None:
            sent = make()
            if sent is not None:
                return sent
        return None


class Connections:
    """The partitions that are connected; `changed` guards them and wakes threads that wait."""

    def __init__(self, replicas: int) -> None:
        """`replicas`: number of partitions."""
        self.replicas = replicas
        self.changed = threading.Condition()
        self.online: dict[int, Outbox] = {}
        """The newest stream's outbox of each connected partition."""
        self.note: Callable[[str, str, int], None] = lambda *_: None
        """Called with kind, text and partition when a client comes or goes, see RunEvents.add."""
        self._pods: dict[int, Proof] = {}

    def attach(self, partition: int, proof: Proof | None = None) -> Outbox:
        """Add a client's new stream; an older stream of the same partition is closed.

        Args:
            partition: The client's partition.
            proof: Its pod; None if clients need no token.

        Raises:
            Refused: the pod is not the newest of its partition.
        """
        outbox = Outbox()
        with self.changed:
            if proof is not None:
                self._admit(proof)
            old = self.online.get(partition)
            if old is not None:
                old.close()
            self.online[partition] = outbox
            self.changed.notify_all()
        again = " again, and its older stream is closed" if old is not None else ""
        self.note("joined", f"client {partition} is connected{again}", partition)
        return outbox

    def _admit(self, proof: Proof) -> None:
        """Refuse a pod that another has replaced.

        When two pods share a name, Kubernetes has deleted the older and issues it no new token.
        """
        newest = self._pods.get(proof.partition, proof)
        if newest.pod != proof.pod:
            if proof.issued + LEEWAY < newest.issued:
                raise Refused(
                    grpc.StatusCode.PERMISSION_DENIED,
                    f"pod {newest.pod} has taken the place of its pod {proof.pod}",
                )
            print(f"client {proof.partition}: pod {proof.pod} takes the place of pod {newest.pod}")
        self._pods[proof.partition] = proof

    def detach(self, partition: int, outbox: Outbox) -> None:
        """Remove a stream that has ended; the partition is offline at once."""
        with self.changed:
            newest = self.online.get(partition) is outbox
            if newest:
                del self.online[partition]
                print(f"client {partition} is offline")
            self.changed.notify_all()
        outbox.close()
        if newest:
            self.note("left", f"client {partition} is offline", partition)

    def missing(self) -> list[int]:
        """List the partitions that are not connected."""
        return [k for k in range(self.replicas) if k not in self.online]
