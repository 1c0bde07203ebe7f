"""StreamGrid: Flower's Grid over the clients' streams; a node is a partition."""

import itertools
import time
from collections.abc import Callable, Iterable
from typing import Any

from flwr.app import Error, Message, RecordDict
from flwr.serverapp import Grid

from kubeflower import codec, framing
from kubeflower import flower_internals as internals
from kubeflower.client_fault import OUT_OF_MEMORY, TIMED_OUT, Fault
from kubeflower.connections import Link, Links, Sent
from kubeflower.pending_message import Pending, failure, told
from kubeflower.run_failure import RunFailed
from kubeflower.token_verifier import Proof

PARTING = 3.0
"""Seconds that clients whose time is over have to say what they were at."""


class StreamGrid(Grid):
    """Sends messages to partitions; replies come back ordered by partition."""

    def __init__(
        self, run_id: int, replicas: int, minimum: int, quorum: int, timeout: float
    ) -> None:
        self.minimum, self.quorum, self.timeout = minimum, quorum, timeout
        self.links = Links(replicas)
        self.failures: list[dict[str, Any]] = []
        self.states: dict[int, list[bytes]] = {}
        self.on_messages: Callable[[list[Message]], None] = lambda _: None
        self.on_replies: Callable[[list[Message]], None] = lambda _: None
        self._run = internals.run(run_id)
        self._pending: dict[str, Pending] = {}
        self._ids = itertools.count(1)
        self._opening = True

    def attach(self, partition: int, proof: Proof | None = None) -> Link:
        """A client has joined: it gets what is still to be answered for its partition.

        Raises:
            Refused: see Links.attach.
        """
        link = self.links.attach(partition, proof)
        with self.links.changed:
            self._send(p for p in self._pending.values() if p.partition == partition)
        return link

    def deliver(self, partition: int, parts: list[bytes], state: list[bytes] | None) -> None:
        """A reply has come, with the client's state when that has changed.

        Both are dropped when nobody waits for the reply any more.
        """
        reply = codec.decode(parts)
        # Who a reply is from is known by its stream, not by what it says.
        internals.set_source(reply, partition + 1)
        with self.links.changed:
            pending = self._pending.get(reply.metadata.reply_to_message_id)
            if pending is not None and pending.partition == partition:
                pending.reply = reply
                if state is not None:
                    self.states[partition] = state
                self.links.changed.notify_all()

    def report(self, partition: int, link: Link, fault: Fault) -> None:
        """A client's app process has ended; unless it is to be asked again that is its answer."""
        with self.links.changed:
            for one in self._pending.values():
                if one.partition == partition and one.sent is link and one.reply is None:
                    if one.fault is None or one.fault.error != OUT_OF_MEMORY:
                        one.fault = fault
                    if not fault.again and fault.error != TIMED_OUT:
                        one.fail(fault.error, told(fault))
            self.links.changed.notify_all()

    def open_round(self) -> None:
        """A round begins: its first phase waits for `min`, later ones only for `quorum`."""
        self._opening = True

    def wait_for_minimum(self, timeout: float | None) -> None:
        """Wait until `min` clients are connected.

        Raises:
            RunFailed: they were not within `timeout` seconds.
        """
        links = self.links
        with links.changed:
            if not links.changed.wait_for(lambda: len(links.online) >= self.minimum, timeout):
                raise RunFailed(
                    f"only {len(links.online)} of {self.minimum} clients were connected after "
                    f"{timeout:.0f} s; missing partitions {links.missing()}",
                    code="clients",
                )

    def push_messages(self, messages: Iterable[Message]) -> Iterable[str]:
        """Send messages, now or when their partitions are connected; returns their ids."""
        return list(self._push(messages, None))

    def pull_messages(self, message_ids: Iterable[str]) -> Iterable[Message]:
        """The replies that are there, each given once; an error for one whose time is over."""
        with self.links.changed:
            now = time.monotonic()
            known = [i for i in message_ids if i in self._pending]
            done = [i for i in known if self._is_done(self._pending[i], now)]
            self._end([self._pending[i] for i in done])
            replies = self._ordered([self._pending.pop(i) for i in done])
        self._note(replies)
        return replies

    def send_and_receive(
        self, messages: Iterable[Message], *, timeout: float | None = None
    ) -> Iterable[Message]:
        """Ask until `quorum` good replies came; lost clients are asked again when back.

        Raises:
            RunFailed: fewer than `quorum` of the asked can or did answer.
        """
        if self._opening:
            self.wait_for_minimum(self.timeout)
            self._opening = False
        ids = self._push(messages, timeout)
        asked = list(ids.values())
        if not asked:
            return []
        wanted = min(self.quorum, len(asked))
        with self.links.changed:
            try:
                while (left := asked[0].deadline - time.monotonic()) > 0:
                    if not self._goes_on(asked, wanted):
                        break
                    self.links.changed.wait(left)
                if left <= 0:
                    ended = self._end(asked)
                    # Each says why and ends its stream.
                    self.links.changed.wait_for(
                        lambda: all(p.reply or not self._is_asked(p) for p in ended), PARTING
                    )
            finally:
                for message_id in ids:
                    del self._pending[message_id]
            replies = self._ordered(asked)
        failed = self._note(replies)
        if len(replies) - len(failed) < wanted:
            raise failure(asked, wanted, late=left <= 0)
        return replies

    def get_node_ids(self) -> Iterable[int]:
        """All partitions, connected or not: which pods are up must not decide the sample."""
        return [k + 1 for k in range(self.links.replicas)]

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
        """Take another Run object; there is one run a process."""
        self._run = run

    @property
    def run(self) -> Any:
        """The Run this Grid is of."""
        return self._run

    def _push(self, messages: Iterable[Message], timeout: float | None) -> dict[str, Pending]:
        messages, pushed = list(messages), dict[str, Pending]()
        if messages:
            self.on_messages(messages)
        for message in messages:
            message_id = f"m{next(self._ids)}"
            internals.set_message_id(message, message_id)
            seconds = min(self.timeout, timeout or self.timeout, message.metadata.ttl)
            partition = message.metadata.dst_node_id - 1
            if not 0 <= partition < self.links.replicas:
                raise ValueError(f"node {partition + 1} — allowed: 1 to {self.links.replicas}")
            pushed[message_id] = Pending(message, partition, seconds)
        with self.links.changed:
            self._pending.update(pushed)
            self._send(pushed.values())
        return pushed

    def _send(self, pending: Iterable[Pending]) -> None:
        for one in pending:
            link = self.links.online.get(one.partition)
            if one.reply is None and not one.over and link is not None and one.sent is not link:
                one.sent = link
                link.put(lambda one=one: self._encoded(one))  # type: ignore[misc]

    def _encoded(self, one: Pending) -> Sent | None:
        wanted = one.message.metadata.message_id in self._pending
        return (framing.MESSAGE, codec.encode(one.message)) if wanted else None

    def _end(self, asked: list[Pending]) -> list[Pending]:
        """Tell the connected ones that have not answered that their time is over."""
        ended = [one for one in asked if one.reply is None and self._is_asked(one)]
        for one in ended:
            one.over = True
            self.links.online[one.partition].put(lambda: (framing.END, [b"."]))
        return ended

    def _is_online(self, one: Pending) -> bool:
        return one.partition in self.links.online

    def _is_asked(self, one: Pending) -> bool:
        """Whether the stream that it was sent on is still there."""
        return one.sent is not None and self.links.online.get(one.partition) is one.sent

    def _goes_on(self, asked: list[Pending], wanted: int) -> bool:
        """Whether the phase may still get a reply that it needs or that is on its way."""
        unanswered = [p for p in asked if p.reply is None]
        good = sum(p.reply is not None and not p.reply.has_error() for p in asked)
        if not unanswered or good + len(unanswered) < wanted:
            return False
        return good < wanted or any(map(self._is_online, unanswered))

    def _is_done(self, one: Pending, now: float) -> bool:
        return one.reply is not None or now >= one.deadline

    def _ordered(self, pending: list[Pending]) -> list[Message]:
        """Replies by partition; an error in the place of one that did not come."""
        pending = sorted(pending, key=lambda p: p.partition)
        for one in pending:
            if one.reply is None:
                one.fail(*one.missing(self._is_online(one), self.timeout))
        return [p.reply for p in pending if p.reply is not None]

    def _note(self, replies: list[Message]) -> dict[int, Error]:
        """Pass the replies on to whoever follows the run; returns the errors by partition."""
        failed = {r.metadata.src_node_id - 1: r.error for r in replies if r.has_error()}
        self.failures += [{"partition": k, "reason": e.reason} for k, e in failed.items()]
        if replies:
            self.on_replies(replies)
        return failed
