"""The clients' streams as the Grid sees them: for each partition the newest one."""

import queue
import threading
from collections.abc import Callable

import grpc

from kubeflower.token_verifier import LEEWAY, Proof, Refused

Parts = list[bytes]
Sent = tuple[bytes, Parts]
"""Kind and parts of a message of the stream."""


class Link:
    """What is to be sent on one stream; ends with the stream."""

    def __init__(self) -> None:
        self._queue: queue.SimpleQueue[Callable[[], Sent | None] | None] = queue.SimpleQueue()

    def put(self, make: Callable[[], Sent | None]) -> None:
        """Send what `make` gives once its turn has come; None when it is no longer wanted."""
        self._queue.put(make)

    def close(self) -> None:
        """End the stream."""
        self._queue.put(None)

    def get(self) -> Sent | None:
        """Wait for the next message; None when the stream is to end."""
        while (make := self._queue.get()) is not None:
            sent = make()
            if sent is not None:
                return sent
        return None


class Links:
    """Connected partitions; `changed` guards them and whatever waits for them."""

    def __init__(self, replicas: int) -> None:
        self.replicas = replicas
        self.changed = threading.Condition()
        self.online: dict[int, Link] = {}
        self._pods: dict[int, Proof] = {}

    def attach(self, partition: int, proof: Proof | None = None) -> Link:
        """A client has joined; an older stream of the same partition is closed.

        Raises:
            Refused: its pod is not the newest of the partition's.
        """
        link = Link()
        with self.changed:
            if proof is not None:
                self._admit(proof)
            old = self.online.get(partition)
            if old is not None:
                old.close()
            self.online[partition] = link
            self.changed.notify_all()
        return link

    def _admit(self, proof: Proof) -> None:
        """Of two pods of one name the older is gone as Kubernetes sees it: it gets no new token."""
        newest = self._pods.get(proof.partition, proof)
        if newest.pod != proof.pod:
            if proof.issued + LEEWAY < newest.issued:
                raise Refused(
                    grpc.StatusCode.PERMISSION_DENIED,
                    f"pod {newest.pod} has taken the place of its pod {proof.pod}",
                )
            print(f"client {proof.partition}: pod {proof.pod} takes the place of pod {newest.pod}")
        self._pods[proof.partition] = proof

    def detach(self, partition: int, link: Link) -> None:
        """A stream broke: the partition is offline at once."""
        with self.changed:
            if self.online.get(partition) is link:
                del self.online[partition]
                print(f"client {partition} is offline")
            self.changed.notify_all()
        link.close()

    def missing(self) -> list[int]:
        """Partitions that are not connected."""
        return [k for k in range(self.replicas) if k not in self.online]
