"""The replies to a round's train phase: held no longer than needed, and named when unsound."""

import sys
from collections.abc import Callable
from typing import Any

from flwr.app import ArrayRecord, Message

from kubeflower import codec, memory, reply_checks
from kubeflower.run_failure import RunFailed


class Replies:
    """The newest replies that a strategy was given to aggregate."""

    def __init__(self) -> None:
        self._held: list[Message] = []

    def aggregate(self, step: Callable[..., Any], args: Any, kwargs: Any) -> tuple[Any, Any]:
        """The model and the metrics that the strategy's `aggregate_train` makes of the replies.

        Raises:
            RunFailed: the model has NaN or infinite numbers, or arrays do not fit one another.
        """
        given = args[1] if len(args) > 1 else kwargs.get("replies")
        self._held = given if isinstance(given, list) else []
        # Free what receiving has left behind before the new model comes.
        memory.collect(_size(self._held))
        try:
            arrays, metrics = step(*args, **kwargs)
        except Exception as fault:
            _name_other_shapes(self._held, fault)
            raise
        if arrays is not None:
            _refuse_nan(arrays, self._held)
        return arrays, metrics

    def let_go(self) -> None:
        """Free the replies, which Flower's own loop has until the next ones."""
        size = _size(self._held)
        # The list is also ours, that loop's and getrefcount's; a fourth user still needs it.
        if sys.getrefcount(self._held) <= 3:
            self._held.clear()
        self._held = []
        memory.collect(size)


def _size(replies: list[Message]) -> int:
    return sum(codec.size(reply.content) for reply in replies if reply.has_content())


def _name_other_shapes(replies: list[Message], fault: Exception) -> None:
    if others := reply_checks.of_other_shapes(replies):
        raise RunFailed(
            f"client {_listed(others)} answered with arrays of other shapes than the first: "
            f"{fault}",
            "model",
            partitions=others,
        ) from fault


def _refuse_nan(arrays: ArrayRecord, replies: list[Message]) -> None:
    if not reply_checks.is_finite(arrays):
        clients = reply_checks.not_finite(replies)
        raise RunFailed(
            "the model has NaN or infinite numbers; replies with such: "
            f"{_listed(clients) or 'none'}",
            "model",
            partitions=clients,
        )


def _listed(partitions: list[int]) -> str:
    return ", ".join(map(str, partitions))
