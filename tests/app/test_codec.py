"""kubeflower/codec.py."""

import numpy as np
import pytest
from flwr.app import Array, ArrayRecord, ConfigRecord, Error, Message, MetricRecord, RecordDict

from kubeflower import codec, flower_internals

flower_internals.set_task_identity(0, 0)


def message(*sizes: int) -> Message:
    arrays = ArrayRecord({f"layer{i}": Array(np.arange(n)) for i, n in enumerate(sizes)})
    records: dict[str, ArrayRecord | MetricRecord | ConfigRecord] = {}
    records |= {"m": MetricRecord({"loss": 0.5}), "a": arrays, "c": ConfigRecord({"key": b"\0"})}
    return Message(RecordDict(records), 3, "train", group_id="7")


@pytest.mark.parametrize("sizes", [(), (1,), (3000,), (10, 5000, 10, 70000)])
def test_a_message_comes_back_as_it_was(sizes: tuple[int, ...]) -> None:
    sent = message(*sizes)
    got = codec.decode(codec.encode(sent))
    assert got.content == sent.content
    assert list(got.content) == ["m", "a", "c"]
    assert got.metadata == sent.metadata


def test_large_arrays_are_separate_parts_and_not_copied() -> None:
    sent = message(10, 5000, 70000)
    head, *large = codec.encode(sent)
    record = sent.content.array_records["a"]
    assert len(head) < 2000
    assert [id(part) for part in large] == [id(record["layer1"].data), id(record["layer2"].data)]


def test_an_error_reply_comes_back() -> None:
    reply = Message(Error(2, "no data"), reply_to=message())
    assert codec.decode(codec.encode(reply)).error == Error(2, "no data")


def test_an_array_without_data_is_not_taken_for_a_separate_part() -> None:
    empty = ArrayRecord({"none": Array("u1", (0,), "mine", b"")})
    sent = Message(RecordDict({"a": empty}), 1, "train")
    assert codec.decode(codec.encode(sent)).content == sent.content


def test_parts_that_do_not_match_are_refused() -> None:
    parts = codec.encode(message(5000))
    with pytest.raises(ValueError, match="lacks the data"):
        codec.decode(parts[:1])
    with pytest.raises(ValueError, match="data of no array"):
        codec.decode([*parts, b"x"])
