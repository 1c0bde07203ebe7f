"""All private names of flwr 1.42.0 that the engine uses, and nothing else."""

from collections.abc import Callable, Sequence

from flwr.app import ArrayRecord, Message, RecordDict
from flwr.common.serde import (
    message_from_proto,
    message_to_proto,
    recorddict_from_proto,
    recorddict_to_proto,
)
from flwr.proto.message_pb2 import Message as ProtoMessage
from flwr.proto.recorddict_pb2 import RecordDict as ProtoRecordDict
from flwr.serverapp.strategy import fedavg, multikrum, strategy_utils
from flwr.supercore.run import Run
from flwr.supercore.task_identity import TaskIdentity


def set_task_identity(run_id: int, node_id: int) -> None:
    """Set the ids that flwr writes into each message that this process makes."""
    TaskIdentity.run_id = run_id
    TaskIdentity.node_id = node_id
    TaskIdentity.task_id = node_id


def set_message_id(message: Message, message_id: str) -> None:
    """Set a message's id, to which its reply refers."""
    message.metadata.__dict__["_message_id"] = message_id


def set_source(message: Message, node_id: int) -> None:
    """Set a message's sender, e.g. of the error that replaces a lost client's reply."""
    message.metadata.__dict__["_src_node_id"] = node_id


def serialise(message: Message, content: RecordDict | None = None) -> bytes:
    """Serialise the message as Flower's protobuf; `content`, if given, replaces the message's."""
    if content is not None:
        message = Message(content, metadata=message.metadata)  # type: ignore[call-overload]
    data: bytes = message_to_proto(message).SerializeToString()
    return data


def parse(data: bytes) -> Message:
    """Read the bytes that `serialise` has made."""
    return message_from_proto(ProtoMessage.FromString(data))


def serialise_records(records: RecordDict) -> bytes:
    """Serialise records as Flower's protobuf; equal records give equal bytes."""
    data: bytes = recorddict_to_proto(records).SerializeToString(deterministic=True)
    return data


def parse_records(data: bytes) -> RecordDict:
    """Read the bytes that `serialise_records` has made."""
    return recorddict_from_proto(ProtoRecordDict.FromString(data))


def run(run_id: int) -> Run:
    """Make the Run object that Flower's older workflows read: an id without configuration."""
    return Run.create_empty(run_id)


def replace_average(average: Callable[[Sequence[tuple[ArrayRecord, float]]], ArrayRecord]) -> None:
    """Make all strategies average with `average`; it gets arrays and weights whose sum is 1."""

    def aggregate_arrayrecords(
        records: list[RecordDict], weighting_metric_name: str
    ) -> ArrayRecord:
        numbers = [next(iter(r.metric_records.values()))[weighting_metric_name] for r in records]
        total = sum(numbers)  # type: ignore[arg-type]
        return average(
            [
                (arrays, number / total)  # type: ignore[operator]
                for record, number in zip(records, numbers, strict=True)
                for arrays in record.array_records.values()
            ]
        )

    for module in (strategy_utils, fedavg, multikrum):
        module.aggregate_arrayrecords = aggregate_arrayrecords  # type: ignore[attr-defined]
