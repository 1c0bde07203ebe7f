"""StreamGrid: Flower's Grid over the clients' streams; a node is a partition."""

import itertools
import queue
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

from flwr.app import Error, Message, RecordDict
from flwr.serverapp import Grid

from kubeflower import flower_internals as internals

CLIENT_LOST = 1


class RunFailed(RuntimeError):
    """The run cannot go on; the text is the reason shown to the user."""


class StreamGrid(Grid):
    """Sends messages to partitions; replies come back ordered by partition."""

    def __init__(self, replicas: int, minimum: int, quorum: int, timeout: float) -> None:
        self.replicas, self.minimum, self.quorum, self.timeout = replicas, minimum, quorum, timeout
        self.links: dict[int, queue.Queue[bytes | None]] = {}
        self.failures: list[dict[str, Any]] = []
        self.on_replies: Callable[[list[Message]], None] = lambda _: None
        self._changed = threading.Condition()
        self._replies: dict[str, Message] = {}
        self._expected: set[str] = set()
        self._ids = itertools.count(1)
        self._opening = True

    def attach(self, partition: int) -> "queue.Queue[bytes | None]":
        """A client has joined; an older stream of the same partition is closed."""
        link: queue.Queue[bytes | None] = queue.Queue()
        with self._changed:
            old = self.links.get(partition)
            if old is not None:
                old.put(None)
            self.links[partition] = link
            self._changed.notify_all()
        return link

    def detach(self, partition: int, link: "queue.Queue[bytes | None]") -> None:
        """A stream broke: the partition is offline at once."""
        with self._changed:
            if self.links.get(partition) is link:
                del self.links[partition]
            self._changed.notify_all()
        link.put(None)

    def deliver(self, data: bytes) -> None:
        """A reply has come; one to a phase that is over is dropped."""
        reply = internals.decode(data)
        answered = reply.metadata.reply_to_message_id
        with self._changed:
            if answered in self._expected:
                self._replies[answered] = reply
                self._changed.notify_all()

    def open_round(self) -> None:
        """A round begins: its first phase waits for `min`, later ones only for `quorum`."""
        self._opening = True

    def wait_for_minimum(self) -> None:
        """Wait until `min` clients are connected, at most the round's timeout."""
        with self._changed:
            if not self._changed.wait_for(lambda: len(self.links) >= self.minimum, self.timeout):
                raise RunFailed(
                    f"only {len(self.links)} of {self.minimum} clients were connected after "
                    f"{self.timeout:.0f} s; missing partitions {self.missing()}"
                )

    def missing(self) -> list[int]:
        """Partitions that are not connected."""
        return [k for k in range(self.replicas) if k not in self.links]

    def send_and_receive(
        self, messages: Iterable[Message], *, timeout: float | None = None
    ) -> Iterable[Message]:
        """Ask until `quorum` good replies came; lost clients are asked again when back."""
        asked = {m.metadata.dst_node_id - 1: m for m in messages}
        if not asked:
            return []
        if self._opening:
            self.wait_for_minimum()
            self._opening = False
        for message in asked.values():
            internals.set_message_id(message, f"m{next(self._ids)}")
        wanted = min(self.quorum, len(asked))
        deadline = time.monotonic() + min(self.timeout, timeout or self.timeout)
        sent: dict[int, queue.Queue[bytes | None]] = {}
        answers: dict[int, Message] = {}
        with self._changed:
            self._expected = {m.metadata.message_id for m in asked.values()}
            self._replies.clear()
            while True:
                for k, message in asked.items():
                    reply = self._replies.pop(message.metadata.message_id, None)
                    if reply is not None:
                        answers[k] = reply
                    link = self.links.get(k)
                    if k not in answers and link is not None and sent.get(k) is not link:
                        sent[k] = link
                        link.put(internals.encode(message))
                good = sum(not a.has_error() for a in answers.values())
                open_ = [k for k in asked if k not in answers]
                waiting = [k for k in open_ if k in self.links]
                left = deadline - time.monotonic()
                if not open_ or (good >= wanted and not waiting) or left <= 0:
                    break
                if good + len(open_) < wanted:
                    break
                self._changed.wait(min(left, 1.0))
        causes = sorted(k for k, a in answers.items() if a.has_error())
        if left <= 0:
            causes += open_
        for k in open_:
            reason = "timed out" if k in self.links else "its stream broke"
            answers[k] = Message(Error(CLIENT_LOST, reason), reply_to=asked[k])
            internals.set_source(answers[k], k + 1)
        self.failures += [
            {"partition": k, "reason": a.error.reason} for k, a in answers.items() if a.has_error()
        ]
        if good < wanted:
            why = "; ".join(f"client {k}: {answers[k].error.reason}" for k in causes)
            raise RunFailed(f"{wanted} of {len(asked)} replies are needed: {why}")
        ordered = [answers[k] for k in sorted(answers)]
        self.on_replies(ordered)
        return ordered

    def get_node_ids(self) -> Iterable[int]:
        """All partitions, connected or not: which pods are up must not decide the sample."""
        return [k + 1 for k in range(self.replicas)]

    def create_message(
        self,
        content: RecordDict,
        message_type: str,
        dst_node_id: int,
        group_id: str,
        ttl: float | None = None,
    ) -> Message:
        """Make a message."""
        return Message(content, dst_node_id, message_type, ttl=ttl, group_id=group_id)

    def set_run(self, run: Any) -> None:
        """There is one run a process."""

    @property
    def run(self) -> Any:
        """Not offered: the engine has no SuperLink's Run."""
        raise NotImplementedError("the engine has no Run object; use context.run_config")

    def push_messages(self, messages: Iterable[Message]) -> Iterable[str]:
        """Not offered yet."""
        raise NotImplementedError("use send_and_receive")

    def pull_messages(self, message_ids: Iterable[str]) -> Iterable[Message]:
        """Not offered yet."""
        raise NotImplementedError("use send_and_receive")
