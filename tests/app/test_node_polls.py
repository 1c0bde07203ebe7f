"""A ServerApp that waits for nodes that never come: kubeflower/node_polls.py."""

import pytest

from kubeflower.node_polls import NodePolls
from kubeflower.run_failure import RunFailed


def test_ten_questions_in_nine_seconds_are_a_wait_for_more_nodes() -> None:
    polls = NodePolls(2)
    for second in range(9):
        polls.add(100.0 + second)
    with pytest.raises(RunFailed) as failed:
        polls.add(109.0)
    assert str(failed.value) == (
        "the ServerApp waits for more nodes than the run's 2 — it must need no more "
        "(min_available_nodes of a strategy), or: pulumi config set replicas 3"
    )
    assert failed.value.code == "app"


def test_many_questions_at_once_are_none() -> None:
    polls = NodePolls(2)
    for question in range(1000):
        polls.add(100.0 + question / 1000)


def test_few_questions_in_a_long_time_are_none() -> None:
    polls = NodePolls(2)
    for hour in range(9):
        polls.add(hour * 3600.0)


def test_a_message_between_the_questions_ends_the_wait() -> None:
    polls = NodePolls(2)
    for second in range(30):
        polls.add(float(second))
        if second % 9 == 8:
            polls.reset()
