"""The times of a round's phases: when each client was asked, has worked and has answered."""

from collections.abc import Iterable
from typing import Any

from flwr.app import Message

from kubeflower import plain_json
from kubeflower.pending_message import PendingMessage

MOMENTS = ("asked", "sent", "began", "ended", "replied")
AMOUNTS = ("cpu", "memory", "sent_bytes", "reply_bytes")
MOST_METRICS = 50
"""Upper bound of the metrics that are kept of one reply: an app may send thousands."""


class PhaseTimes:
    """Collects the messages that are over, until the round ends."""

    def __init__(self) -> None:
        self._phases: dict[str, list[dict[str, Any]]] = {}

    def begin(self) -> None:
        """Begin a round."""
        self._phases = {}

    def add(self, messages: Iterable[PendingMessage]) -> None:
        """Add messages that are over."""
        for pending in messages:
            kind = pending.message.metadata.message_type
            self._phases.setdefault(kind, []).append(_row(pending))

    def document(self, started: float) -> list[dict[str, Any]]:
        """List the phases in their order: `phase` and a column for each value.

        docs/results.md tells what each is. Moments are seconds since the round's start; null where
        there was none.

        Args:
            started: The round's start, in seconds of time.monotonic.
        """
        return [_columns(phase, rows, started) for phase, rows in self._phases.items()]


def _row(pending: PendingMessage) -> dict[str, Any]:
    """Take from a message what is kept; its arrays are let go."""
    work, reply = pending.work, pending.reply
    return {
        "partition": pending.partition,
        "good": reply is not None and not reply.has_error(),
        "asked": pending.began,
        "sent": pending.sent_at,
        "began": None if work is None else work.ended - work.seconds,
        "ended": None if work is None else work.ended,
        "replied": pending.replied_at,
        "cpu": None if work is None else work.cpu,
        "memory": None if work is None else work.memory,
        "sent_bytes": pending.sent_bytes,
        "reply_bytes": pending.reply_bytes,
        "metrics": {} if reply is None else _metrics(reply),
    }


def _metrics(reply: Message) -> dict[str, Any]:
    """Return the single numbers of a reply's metrics."""
    if reply.has_error():
        return {}
    records = reply.content.metric_records.values()
    pairs = [(k, v) for record in records for k, v in record.items() if not isinstance(v, list)]
    return dict(pairs[:MOST_METRICS])


def _columns(phase: str, rows: list[dict[str, Any]], started: float) -> dict[str, Any]:
    def moment(value: float | None) -> float | None:
        return None if value is None else round(value - started, 4)

    names = dict.fromkeys(name for row in rows for name in row["metrics"])
    return {
        "phase": phase,
        "partition": [row["partition"] for row in rows],
        "good": [row["good"] for row in rows],
        **{name: [moment(row[name]) for row in rows] for name in MOMENTS},
        **{name: [row[name] for row in rows] for name in AMOUNTS},
        "metrics": {
            name: [plain_json.plain(row["metrics"].get(name)) for row in rows] for name in names
        },
    }
