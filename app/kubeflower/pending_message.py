"""A message that waits for its reply, and what the run is told when none has come."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from flwr.app import Error, Message

from kubeflower import flower_internals as internals
from kubeflower.client_fault import APP_FAILED, CLIENT_LOST, OUT_OF_MEMORY, TIMED_OUT, Fault
from kubeflower.connections import Link
from kubeflower.run_failure import RunFailed

CAUSES = {APP_FAILED: "app", OUT_OF_MEMORY: "memory", TIMED_OUT: "timeout", CLIENT_LOST: "clients"}
"""The code of a failed run by that of an error; the first one of several counts."""


@dataclass
class Pending:
    """A message to a partition; `seconds` are its time, from `began` on."""

    message: Message
    partition: int
    seconds: float
    began: float = field(default_factory=time.monotonic)
    sent: Link | None = None
    reply: Message | None = None
    code: int = APP_FAILED
    """Name the origin of the error that the reply is, if it is one."""
    fault: Fault | None = None
    """Name the cause that has kept its client from answering."""
    over: bool = False
    """Whether its client was told that its time is over."""

    @property
    def deadline(self) -> float:
        """By the clock of time.monotonic."""
        return self.began + self.seconds

    def fail(self, code: int, reason: str) -> None:
        """An error takes the place of the reply."""
        self.code = code
        self.reply = Message(Error(code, reason), reply_to=self.message)
        internals.set_source(self.reply, self.partition + 1)

    def missing(self, online: bool, round_timeout: float) -> tuple[int, str]:
        """Code and reason of the error in the place of a reply that has not come."""
        fault = self.fault
        if fault is not None and fault.error == OUT_OF_MEMORY:
            return OUT_OF_MEMORY, told(fault)
        if not self.over and (fault is None or fault.error != TIMED_OUT):
            if online:
                return CLIENT_LOST, "was not waited for any longer"
            said = "" if fault is None else f"; {told(fault)}"
            return CLIENT_LOST, f"its stream broke{said}"
        whose = "roundTimeout" if self.seconds == round_timeout else "the ServerApp's timeout"
        reason = f"did not answer within {self.seconds:g} s ({whose})"
        return TIMED_OUT, reason if fault is None else fault.with_last_line(reason)

    def cause(self) -> str:
        """A sentence: what the engine says begins with a verb, what the app says is quoted."""
        assert self.reply is not None
        colon = "" if self.code in (OUT_OF_MEMORY, TIMED_OUT) else ":"
        return f"client {self.partition}{colon} {self.reply.error.reason}"

    def facts(self) -> dict[str, Any]:
        """Facts that a remedy needs beside the sentence, see run_failure.RunFailed."""
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


def failure(asked: Sequence[Pending], wanted: int, late: bool) -> RunFailed:
    """Names those that failed; those that were only awaited when their time was over (`late`)."""
    order = list(CAUSES)
    failed = [one for one in asked if one.reply is not None and one.reply.has_error()]
    failed = [one for one in failed if late or one.code != CLIENT_LOST]
    failed.sort(key=lambda one: (order.index(one.code), one.partition))
    why = "; ".join(one.cause() for one in failed)
    text = f"{wanted} of {len(asked)} replies are needed: {why}"
    return RunFailed(text, code=CAUSES[failed[0].code], **failed[0].facts())


def told(fault: Fault) -> str:
    """The reason, with the last line that the app printed where that may say more."""
    if fault.error == OUT_OF_MEMORY:
        return fault.reason
    return fault.with_last_line(fault.reason)
