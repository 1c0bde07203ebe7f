"""A message that waits for its reply, and the error that replaces a missing reply."""

import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from flwr.app import Error, Message

from kubeflower import codec
from kubeflower import flower_internals as internals
from kubeflower.client_fault import (
    APP_FAILED,
    CLIENT_LOST,
    OUT_OF_MEMORY,
    TIMED_OUT,
    ClientFault,
)
from kubeflower.client_work import ClientWork
from kubeflower.connections import Outbox
from kubeflower.run_failure import RunFailed

CAUSES = {APP_FAILED: "app", OUT_OF_MEMORY: "memory", TIMED_OUT: "timeout", CLIENT_LOST: "clients"}
"""Code of a failed run by the code of a reply's error; of several errors the first here counts."""


@dataclass
class PendingMessage:
    """A message to a partition, and what is known of its reply."""

    message: Message
    partition: int
    seconds: float
    """Time for the reply, from `began` on."""
    began: float = field(default_factory=time.monotonic)
    """When the message was pushed, in seconds of time.monotonic."""
    sent: Outbox | None = None
    """The stream that it was last sent on."""
    sent_at: float | None = None
    """When its turn to be sent on that stream came, in seconds of time.monotonic."""
    sent_bytes: int | None = None
    reply: Message | None = None
    """The reply, or an error in its place."""
    replied_at: float | None = None
    """When the whole reply had come, in seconds of time.monotonic."""
    reply_bytes: int | None = None
    work: ClientWork | None = None
    """Time and cost of the reply."""
    code: int = APP_FAILED
    """Code of the error, if the reply is one, see client_fault.py."""
    fault: ClientFault | None = None
    """Why the client's app process has ended meanwhile."""
    over: bool = False
    """Whether the client was told that its time is over."""

    @property
    def deadline(self) -> float:
        """When the time is over, in seconds of time.monotonic."""
        return self.began + self.seconds

    def encoded(self) -> list[bytes]:
        """Encode the message, on its turn to be sent."""
        parts = codec.encode(self.message)
        self.sent_at, self.sent_bytes = time.monotonic(), sum(map(len, parts))
        return parts

    def take(
        self, reply: Message, parts: list[bytes], came: float, work: ClientWork | None
    ) -> None:
        """Take the reply, the parts it came in, when it had come, and what it has cost."""
        self.reply, self.replied_at, self.work = reply, came, work
        self.reply_bytes = sum(map(len, parts))

    def fail(self, code: int, reason: str) -> None:
        """Put an error in the place of the reply."""
        self.code = code
        self.reply = Message(Error(code, reason), reply_to=self.message)
        internals.set_source(self.reply, self.partition + 1)

    def fail_by(self, fault: ClientFault) -> None:
        """Put the fault's error in the place of the reply."""
        self.fail(fault.error, _full_reason(fault))

    def missing_reply(self, online: bool, round_timeout: float) -> tuple[int, str]:
        """Explain why no reply has come: code and reason of the error.

        Args:
            online: Whether the partition is connected.
            round_timeout: The stack's `roundTimeout` in seconds, to tell it from the app's.
        """
        fault = self.fault
        if fault is not None and fault.error == OUT_OF_MEMORY:
            return OUT_OF_MEMORY, _full_reason(fault)
        if not self.over and (fault is None or fault.error != TIMED_OUT):
            if online:
                return CLIENT_LOST, "was not waited for any longer"
            details = "" if fault is None else f"; {_full_reason(fault)}"
            return CLIENT_LOST, f"its stream broke{details}"
        setting = "roundTimeout" if self.seconds == round_timeout else "the ServerApp's timeout"
        reason = f"did not answer within {self.seconds:g} s ({setting})"
        return TIMED_OUT, reason if fault is None else fault.with_last_line(reason)

    def cause(self) -> str:
        """Say why the client failed: by the engine's verb, or by the app's words after a colon."""
        assert self.reply is not None
        colon = "" if self.code in (OUT_OF_MEMORY, TIMED_OUT) else ":"
        return f"client {self.partition}{colon} {self.reply.error.reason}"

    def facts(self) -> dict[str, Any]:
        """Return the facts that a remedy needs, see run_failure.RunFailed."""
        facts: dict[str, Any] = {"partition": self.partition}
        if self.fault is not None and self.fault.lines:
            facts["lines"] = list(self.fault.lines)
        if self.code == TIMED_OUT:
            facts["seconds"] = self.seconds
        if self.code == OUT_OF_MEMORY:
            facts["role"] = "client"
            if self.fault is not None and self.fault.limit is not None:
                facts["limit"] = self.fault.limit
        return facts


def awaits_replies(asked: Sequence[PendingMessage], wanted: int, online: Collection[int]) -> bool:
    """Return whether a phase may still get a reply that it needs or that is on its way.

    Args:
        asked: The messages of the phase.
        wanted: Number of good replies that the phase needs.
        online: Partitions that are connected.
    """
    unanswered = [pending for pending in asked if pending.reply is None]
    good = sum(p.reply is not None and not p.reply.has_error() for p in asked)
    if not unanswered or good + len(unanswered) < wanted:
        return False
    return good < wanted or any(pending.partition in online for pending in unanswered)


def explain_shortfall(asked: Sequence[PendingMessage], wanted: int, late: bool) -> RunFailed:
    """Make the failure of a phase that got too few good replies.

    Lists clients that gave a reason first; silent ones are blamed only after the deadline.

    Args:
        asked: The messages of the phase, each with a reply or an error.
        wanted: Number of good replies that the phase needs.
        late: Whether the deadline has passed.
    """
    failed = [pending for pending in asked if pending.reply and pending.reply.has_error()]
    blamed = [pending for pending in failed if late or pending.code != CLIENT_LOST]
    order = list(CAUSES)
    blamed.sort(key=lambda pending: (order.index(pending.code), pending.partition))
    causes = "; ".join(pending.cause() for pending in blamed)
    text = f"{wanted} of {len(asked)} replies are needed: {causes}"
    return RunFailed(text, code=CAUSES[blamed[0].code], **blamed[0].facts())


def _full_reason(fault: ClientFault) -> str:
    """Return the reason, with the app's last line unless the process was killed for its memory."""
    if fault.error == OUT_OF_MEMORY:
        return fault.reason
    return fault.with_last_line(fault.reason)
