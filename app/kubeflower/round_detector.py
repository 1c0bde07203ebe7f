"""Find where rounds begin when a ServerApp sends messages without the steps of a strategy."""

from collections.abc import Sequence

from flwr.app import Message


class RoundDetector:
    """Tells rounds apart by the messages' group ids, or by who is asked to train.

    A new decimal group id begins a round. Where group ids are not decimal, a message to train
    begins one if its partition was asked already, or if all replies have come.
    """

    def __init__(self) -> None:
        self._asked: set[int] = set()
        self._awaited: set[int] = set()

    def new_round(self, messages: Sequence[Message], current: int, is_open: bool) -> int | None:
        """Return the number of the round that the messages begin, or None.

        Args:
            messages: Messages that are about to be sent together.
            current: Number of the newest round.
            is_open: Whether this round has not ended yet.
        """
        group = messages[0].metadata.group_id
        if group.isdecimal():
            return int(group) if int(group) != current else None
        asked = _asked_to_train(messages)
        if asked and (not is_open or not self._awaited or asked & self._asked):
            return current + 1
        return None

    def begin(self) -> None:
        """A round begins."""
        self._asked = set()
        self._awaited = set()

    def sent(self, messages: Sequence[Message]) -> None:
        """Messages are sent, in the newest round."""
        asked = _asked_to_train(messages)
        self._asked |= asked
        self._awaited |= asked

    def replied(self, partitions: set[int]) -> None:
        """Replies or errors of these partitions have come."""
        self._awaited -= partitions


def _asked_to_train(messages: Sequence[Message]) -> set[int]:
    """List the partitions that the messages ask to train; none if a decimal group id tells all."""
    metadata = messages[0].metadata
    if metadata.group_id.isdecimal() or metadata.message_type.partition(".")[0] != "train":
        return set()
    return {message.metadata.dst_node_id - 1 for message in messages}
