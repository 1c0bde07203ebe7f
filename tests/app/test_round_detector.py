"""Rounds found by messages alone: kubeflower/round_detector.py."""

from flwr.app import Message, RecordDict

from kubeflower import flower_internals as internals
from kubeflower.round_detector import RoundDetector


def messages(*nodes: int, kind: str = "train", group: str = "") -> list[Message]:
    """Make a message for each node."""
    internals.set_task_identity(7, 0)
    return [Message(RecordDict(), node, kind, group_id=group) for node in nodes]


def asked(*nodes: int) -> RoundDetector:
    """Make a detector in whose round these nodes were asked to train."""
    detector = RoundDetector()
    detector.begin()
    detector.sent(messages(*nodes))
    return detector


def test_a_new_decimal_group_id_is_the_number_of_a_round() -> None:
    detector = RoundDetector()
    assert detector.new_round(messages(1, group="7"), 0, False) == 7
    assert detector.new_round(messages(1, group="7"), 7, True) is None


def test_the_first_messages_to_train_begin_a_round() -> None:
    assert RoundDetector().new_round(messages(1), 0, False) == 1


def test_another_partition_is_asked_in_the_same_round() -> None:
    assert asked(1).new_round(messages(2), 3, True) is None


def test_a_partition_that_is_asked_again_is_in_the_next_round() -> None:
    assert asked(1, 2).new_round(messages(2), 3, True) == 4


def test_once_all_replies_have_come_a_message_begins_the_next_round() -> None:
    detector = asked(1, 2)
    detector.replied({0})
    assert detector.new_round(messages(3), 3, True) is None
    detector.replied({1})
    assert detector.new_round(messages(3), 3, True) == 4


def test_other_messages_begin_no_round() -> None:
    assert RoundDetector().new_round(messages(1, kind="query"), 0, False) is None
