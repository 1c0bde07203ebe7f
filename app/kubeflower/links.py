"""The clients' streams as the Grid sees them: for each partition the newest one."""

import queue
import threading
from collections.abc import Callable

Parts = list[bytes]


class Link:
    """What is to be sent on one stream; ends with the stream."""

    def __init__(self) -> None:
        self._queue: queue.SimpleQueue[Callable[[], Parts | None] | None] = queue.SimpleQueue()

    def put(self, make: Callable[[], Parts | None]) -> None:
        """Send what `make` gives once its turn has come; None when it is no longer wanted."""
        self._queue.put(make)

    def close(self) -> None:
        """End the stream."""
        self._queue.put(None)

    def get(self) -> Parts | None:
        """Wait for the next message's parts; None when the stream is to end."""
        while (make := self._queue.get()) is not None:
            parts = make()
            if parts is not None:
                return parts
        return None


class Links:
    """Connected partitions; `changed` guards them and whatever waits for them."""

    def __init__(self, replicas: int) -> None:
        self.replicas = replicas
        self.changed = threading.Condition()
        self.online: dict[int, Link] = {}

    def attach(self, partition: int) -> Link:
        """A client has joined; an older stream of the same partition is closed."""
        link = Link()
        with self.changed:
            old = self.online.get(partition)
            if old is not None:
                old.close()
            self.online[partition] = link
            self.changed.notify_all()
        return link

    def detach(self, partition: int, link: Link) -> None:
        """A stream broke: the partition is offline at once."""
        with self.changed:
            if self.online.get(partition) is link:
                del self.online[partition]
                print(f"client {partition} is offline", flush=True)
            self.changed.notify_all()
        link.close()

    def missing(self) -> list[int]:
        """Partitions that are not connected."""
        return [k for k in range(self.replicas) if k not in self.online]
