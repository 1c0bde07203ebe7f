"""Private names of flwr that the engine uses: one that has moved fails here by name."""

from typing import Any

import numpy as np
import pytest
from flwr.app import ArrayRecord, ConfigRecord, Message, MetricRecord, RecordDict
from flwr.serverapp.strategy import FedAvg, MultiKrum, fedavg, multikrum, strategy_utils

from kubeflower import flower_internals as internals


@pytest.fixture
def messages() -> list[Message]:
    internals.set_task_identity(7, 0)
    content = RecordDict({"config": ConfigRecord({"lr": 0.1})})
    return [Message(content, dst_node_id=k, message_type="train") for k in (1, 2)]


def test_a_message_has_the_ids_of_its_process(messages: list[Message]) -> None:
    assert (messages[0].metadata.run_id, messages[0].metadata.src_node_id) == (7, 0)
    internals.set_task_identity(7, 2)
    reply = Message(RecordDict(), reply_to=messages[1])
    assert reply.metadata.src_node_id == 2


def test_a_message_takes_an_id_and_a_source(messages: list[Message]) -> None:
    internals.set_message_id(messages[0], "m1")
    internals.set_source(messages[0], 5)
    metadata = messages[0].metadata
    assert (metadata.message_id, metadata.src_node_id) == ("m1", 5)
    assert Message(RecordDict(), reply_to=messages[0]).metadata.reply_to_message_id == "m1"


def test_messages_and_records_come_back_as_they_were(messages: list[Message]) -> None:
    back = internals.parse(internals.serialise(messages[0]))
    assert back.content == messages[0].content
    assert back.metadata.dst_node_id == 1
    other = RecordDict({"metrics": MetricRecord({"loss": 1.0})})
    assert internals.parse(internals.serialise(messages[0], other)).content == other
    assert internals.parse_records(internals.serialise_records(other)) == other


def test_a_run_has_its_id() -> None:
    assert internals.run(7).run_id == 7


@pytest.mark.parametrize(("strategy", "weights"), [(FedAvg(), [0.25, 0.75]), (MultiKrum(), [1.0])])
def test_strategies_average_with_what_they_are_given(
    strategy: Any, weights: list[float], monkeypatch: pytest.MonkeyPatch, messages: list[Message]
) -> None:
    for module in (strategy_utils, fedavg, multikrum):
        monkeypatch.setattr(module, "aggregate_arrayrecords", None)
    wanted, given = ArrayRecord([np.ones(1)]), []

    def average(terms: Any) -> ArrayRecord:
        given.append([weight for _, weight in terms])
        return wanted

    internals.replace_average(average)
    replies = [
        Message(
            RecordDict(
                {
                    "arrays": ArrayRecord([np.full(3, float(k))]),
                    "metrics": MetricRecord({"num-examples": k}),
                }
            ),
            reply_to=message,
        )
        for k, message in zip((1, 3), messages, strict=True)
    ]
    arrays, _ = strategy.aggregate_train(1, replies)
    assert arrays is wanted
    assert given == [weights]
