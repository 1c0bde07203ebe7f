"""StreamGrid: Flower's Grid over the clients' streams; node k + 1 is partition k."""

import itertools
import time
from collections.abc import Callable, Iterable
from typing import Any

from flwr.app import Error, Message, RecordDict
from flwr.serverapp import Grid

from kubeflower import codec, framing
from kubeflower import flower_internals as internals
from kubeflower.activity import activity
from kubeflower.client_fault import OUT_OF_MEMORY, TIMED_OUT, ClientFault
from kubeflower.client_work import ClientWork
from kubeflower.connections import Connections, Outbox, Sent
from kubeflower.node_polls import NodePolls
from kubeflower.pending_message import PendingMessage, awaits_replies, explain_shortfall
from kubeflower.phase_times import PhaseTimes
from kubeflower.run_failure import RunFailed
from kubeflower.run_spec import RunSpec
from kubeflower.token_verifier import Proof

PARTING = 3.0
"""Seconds that clients whose time is over have to say what they were doing."""


class StreamGrid(Grid):
    """Sends messages to partitions; replies come back ordered by partition."""

    def __init__(self, run_id: int, spec: RunSpec) -> None:
        """Make a Grid without clients.

        Args:
            run_id: Flower's id of the run.
            spec: Settings of the run.
        """
        self.timeout = float(spec.round_timeout)
        self.minimum = spec.min
        """Clients that must be connected before a round begins."""
        self.connections = Connections(spec.replicas)
        self.failures: list[dict[str, Any]] = []
        """Partition and reason of each error in the round."""
        self.times = PhaseTimes()
        """When the clients were asked in the round, and have answered."""
        self.states: dict[int, list[bytes]] = {}
        """Each partition's Context.state, see client_state.py."""
        self.on_messages: Callable[[list[Message]], None] = lambda _: None
        """Called with messages before they are sent."""
        self.on_replies: Callable[[list[Message]], None] = lambda _: None
        """Called with replies before the ServerApp gets them."""
        self._spec = spec
        self._run = internals.run(run_id)
        self._pending: dict[str, PendingMessage] = {}
        self._ids = itertools.count(1)
        self._polls = NodePolls(spec.replicas)
        self._opening = True

    # Called by the streams.

    def attach(self, partition: int, proof: Proof | None = None) -> Outbox:
        """Add a client's stream, and send on it the messages that its partition has not answered.

        Raises:
            Refused: see Connections.attach.
        """
        outbox = self.connections.attach(partition, proof)
        with self.connections.changed:
            self._send(p for p in self._pending.values() if p.partition == partition)
        return outbox

    def deliver(
        self,
        partition: int,
        parts: list[bytes],
        state: list[bytes] | None,
        work: ClientWork | None = None,
    ) -> None:
        """Take a reply, and the state if it has changed; both are dropped when nobody waits."""
        now = time.monotonic()
        reply = codec.decode(parts)
        # The stream tells who has sent the reply; what the reply says of it may be wrong.
        internals.set_source(reply, partition + 1)
        with self.connections.changed:
            pending = self._pending.get(reply.metadata.reply_to_message_id)
            if pending is not None and pending.partition == partition:
                pending.take(reply, parts, now, work)
                if state is not None:
                    self.states[partition] = state
                self.connections.changed.notify_all()

    def report(self, partition: int, outbox: Outbox, fault: ClientFault) -> None:
        """Take the end of a client's app process: it is the reply, unless a retry is worth it."""
        with self.connections.changed:
            for pending in self._pending.values():
                if pending.sent is outbox and pending.reply is None:
                    if pending.fault is None or pending.fault.error != OUT_OF_MEMORY:
                        pending.fault = fault
                    if not fault.again and fault.error != TIMED_OUT:
                        pending.fail_by(fault)
            self.connections.changed.notify_all()

    # Called by the engine.

    def activity(self) -> list[dict[str, Any]]:
        """List what each partition does, see activity.py."""
        with self.connections.changed:
            pending = list(self._pending.values())
            return activity(self.connections.replicas, self.connections.online, pending)

    def open_round(self) -> None:
        """Begin a round: its first phase waits for `minimum` clients, later ones do not."""
        self._opening = True

    def wait_for_minimum(self, timeout: float | None) -> None:
        """Wait until `minimum` clients are connected.

        Raises:
            RunFailed: fewer were connected after `timeout` seconds.
        """
        online = self.connections.online
        with self.connections.changed:
            enough = self.connections.changed.wait_for(lambda: len(online) >= self.minimum, timeout)
            if not enough:
                raise RunFailed(
                    f"only {len(online)} of {self.minimum} clients were connected after "
                    f"{timeout:.0f} s; missing partitions {self.connections.missing()}",
                    code="clients",
                )

    # Called by the ServerApp: Flower's interface Grid.

    def push_messages(self, messages: Iterable[Message]) -> Iterable[str]:
        """Send messages, now or when their partitions are connected; returns their ids."""
        return list(self._push(messages, None))

    def pull_messages(self, message_ids: Iterable[str]) -> Iterable[Message]:
        """Return the replies that have come, each once; an error for one that is too late."""
        with self.connections.changed:
            now = time.monotonic()
            done = [
                message_id
                for message_id in message_ids
                if (pending := self._pending.get(message_id)) is not None
                and (pending.reply is not None or now >= pending.deadline)
            ]
            self._end([self._pending[message_id] for message_id in done])
            replies = self._ordered([self._pending.pop(message_id) for message_id in done])
        self._publish(replies)
        return replies

    def send_and_receive(
        self, messages: Iterable[Message], *, timeout: float | None = None
    ) -> Iterable[Message]:
        """Send messages and wait until enough good replies have come and no more are on the way.

        Clients that were lost are asked again when they are back.

        Args:
            messages: The messages of one phase, at most one for each partition.
            timeout: Seconds; None, or more than the Grid's own: the Grid's.

        Raises:
            RunFailed: too few of the clients can answer, or have answered in time.
        """
        if self._opening:
            self.wait_for_minimum(self.timeout)
            self._opening = False
        ids = self._push(messages, timeout)
        asked = list(ids.values())
        if not asked:
            return []
        wanted = self._spec.needed(len(asked))
        with self.connections.changed:
            try:
                late = self._await_replies(asked, wanted)
            finally:
                for message_id in ids:
                    del self._pending[message_id]
            replies = self._ordered(asked)
        failed = self._publish(replies)
        if len(replies) - len(failed) < wanted:
            raise explain_shortfall(asked, wanted, late)
        return replies

    def get_node_ids(self) -> Iterable[int]:
        """List all partitions, connected or not, so that a sample does not depend on pods.

        Raises:
            RunFailed: the ServerApp waits for more of them than there are.
        """
        if not self._pending:
            self._polls.add(time.monotonic())
        return [k + 1 for k in range(self.connections.replicas)]

    def create_message(
        self,
        content: RecordDict,
        message_type: str,
        dst_node_id: int,
        group_id: str,
        ttl: float | None = None,
    ) -> Message:
        """Make a message, as Flower's Grid does."""
        return Message(content, dst_node_id, message_type, ttl=ttl, group_id=group_id)

    def set_run(self, run: Any) -> None:
        """Replace the Run object, as Flower's Grid does."""
        self._run = run

    @property
    def run(self) -> Any:
        """Flower's Run object."""
        return self._run

    def _push(
        self, messages: Iterable[Message], timeout: float | None
    ) -> dict[str, PendingMessage]:
        """Send messages; returns them by their ids."""
        messages = list(messages)
        pushed: dict[str, PendingMessage] = {}
        if messages:
            self._polls.reset()
            self.on_messages(messages)
        for message in messages:
            message_id = f"m{next(self._ids)}"
            internals.set_message_id(message, message_id)
            seconds = min(self.timeout, timeout or self.timeout, message.metadata.ttl)
            partition = message.metadata.dst_node_id - 1
            if not 0 <= partition < self.connections.replicas:
                raise ValueError(
                    f"node {partition + 1} — allowed: 1 to {self.connections.replicas}"
                )
            pushed[message_id] = PendingMessage(message, partition, seconds)
        with self.connections.changed:
            self._pending.update(pushed)
            self._send(pushed.values())
        return pushed

    def _send(self, messages: Iterable[PendingMessage]) -> None:
        """Send messages without a reply to partitions that are connected, once on each stream."""
        for pending in messages:
            outbox = self.connections.online.get(pending.partition)
            if outbox is None or outbox is pending.sent or pending.reply or pending.over:
                continue
            pending.sent = outbox
            outbox.put(lambda pending=pending: self._encoded(pending))  # type: ignore[misc]

    def _encoded(self, pending: PendingMessage) -> Sent | None:
        """Encode a message on its turn to be sent; None when its reply is no longer awaited."""
        if pending.message.metadata.message_id not in self._pending:
            return None
        return framing.MESSAGE, pending.encoded()

    def _await_replies(self, asked: list[PendingMessage], wanted: int) -> bool:
        """Wait for the replies of a phase; returns whether its time is over."""
        changed = self.connections.changed
        while (left := asked[0].deadline - time.monotonic()) > 0:
            if not awaits_replies(asked, wanted, self.connections.online):
                return False
            changed.wait(left)
        ended = self._end(asked)
        # Each of them reports what its app was doing, and ends its stream.
        changed.wait_for(lambda: all(p.reply or not self._is_asked(p) for p in ended), PARTING)
        return True

    def _end(self, asked: list[PendingMessage]) -> list[PendingMessage]:
        """Tell connected clients without a reply that time is over; returns their messages."""
        ended = [pending for pending in asked if not pending.reply and self._is_asked(pending)]
        for pending in ended:
            pending.over = True
            self.connections.online[pending.partition].put(lambda: (framing.END, [b"."]))
        return ended

    def _is_asked(self, pending: PendingMessage) -> bool:
        """Whether the stream that the message was sent on is still open."""
        online = self.connections.online.get(pending.partition)
        return pending.sent is not None and pending.sent is online

    def _ordered(self, messages: list[PendingMessage]) -> list[Message]:
        """Return the replies by partition, with errors in the places of missing ones."""
        messages = sorted(messages, key=lambda pending: pending.partition)
        for pending in messages:
            if pending.reply is None:
                is_online = pending.partition in self.connections.online
                pending.fail(*pending.missing_reply(is_online, self.timeout))
        self.times.add(messages)
        return [pending.reply for pending in messages if pending.reply is not None]

    def _publish(self, replies: list[Message]) -> dict[int, Error]:
        """Note the failures and call `on_replies`; returns the errors by partition."""
        failed = {r.metadata.src_node_id - 1: r.error for r in replies if r.has_error()}
        self.failures += [{"partition": k, "reason": e.reason} for k, e in failed.items()]
        if replies:
            self.on_replies(replies)
        return failed
