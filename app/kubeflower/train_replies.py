"""The replies of a round's train phase: checked, and freed as early as possible."""

import sys
from collections.abc import Callable
from typing import Any

from flwr.app import ArrayRecord, Message

from kubeflower import codec, memory, reply_checks
from kubeflower.run_failure import RunFailed

OWN_REFERENCES = 3
"""References to a list of replies that is in no other use, see `TrainReplies.let_go`."""


class TrainReplies:
    """The replies that a strategy has aggregated last."""

    def __init__(self) -> None:
        self._held: list[Message] = []

    def aggregate(self, step: Callable[..., Any], args: Any, kwargs: Any) -> tuple[Any, Any]:
        """Call the strategy's `aggregate_train`; returns its model and its metrics.

        Args:
            step: The strategy's method.
            args: Its arguments.
            kwargs: Its keyword arguments.

        Raises:
            RunFailed: the model has NaN or infinite numbers, or the replies' shapes do not match.
        """
        given = args[1] if len(args) > 1 else kwargs.get("replies")
        self._held = given if isinstance(given, list) else []
        # Free what receiving left behind before the new model is allocated.
        memory.release(_size(self._held))
        try:
            arrays, metrics = step(*args, **kwargs)
        except Exception as error:
            _blame_other_shapes(self._held, error)
            raise
        if arrays is not None:
            _refuse_nan(arrays, self._held)
        return arrays, metrics

    def let_go(self) -> None:
        """Free the replies, which Flower's own loop would hold until the next ones come."""
        size = _size(self._held)
        # Expect three references: ours, Strategy.start's, getrefcount's argument. A fourth means it
        # is in use.
        if sys.getrefcount(self._held) <= OWN_REFERENCES:
            self._held.clear()
        self._held = []
        memory.release(size)


def _size(replies: list[Message]) -> int:
    """Return the bytes of all arrays in the replies."""
    return sum(codec.size(reply.content) for reply in replies if reply.has_content())


def _blame_other_shapes(replies: list[Message], error: Exception) -> None:
    """Raise a failure that names the clients whose shapes are the cause of `error`, if any are."""
    if others := reply_checks.partitions_with_other_shapes(replies):
        raise RunFailed(
            f"client {_listed(others)} answered with arrays of other shapes than the first: "
            f"{error}",
            "model",
            partitions=others,
        ) from error


def _refuse_nan(arrays: ArrayRecord, replies: list[Message]) -> None:
    """Raise a failure that names the clients whose replies have brought NaN into the model."""
    if not reply_checks.is_finite(arrays):
        clients = reply_checks.partitions_with_nan(replies)
        raise RunFailed(
            "the model has NaN or infinite numbers; replies with such: "
            f"{_listed(clients) or 'none'}",
            "model",
            partitions=clients,
        )


def _listed(partitions: list[int]) -> str:
    return ", ".join(map(str, partitions))
