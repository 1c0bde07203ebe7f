"""Every private name of flwr 1.42.0 that the engine touches, and nothing else."""

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


def identify(run_id: int, node_id: int) -> None:
    """Set the identity that flwr stamps on every message made in this process."""
    TaskIdentity.run_id = run_id
    TaskIdentity.node_id = node_id
    TaskIdentity.task_id = node_id


def set_message_id(message: Message, message_id: str) -> None:
    """Give a message its id: replies refer to it."""
    message.metadata.__dict__["_message_id"] = message_id


def set_source(message: Message, node_id: int) -> None:
    """Say who a message made here stands for: an error in the place of a lost client's reply."""
    message.metadata.__dict__["_src_node_id"] = node_id


def serialise(message: Message, content: RecordDict | None = None) -> bytes:
    """The message as Flower's protobuf, with `content` in the place of its own."""
    if content is not None:
        message = Message(content, metadata=message.metadata)  # type: ignore[call-overload]
    data: bytes = message_to_proto(message).SerializeToString()
    return data


def parse(data: bytes) -> Message:
    """Inverse of `serialise`."""
    return message_from_proto(ProtoMessage.FromString(data))


def serialise_records(records: RecordDict) -> bytes:
    """The records as Flower's protobuf; the same records give the same bytes."""
    data: bytes = recorddict_to_proto(records).SerializeToString(deterministic=True)
    return data


def parse_records(data: bytes) -> RecordDict:
    """Inverse of `serialise_records`."""
    return recorddict_from_proto(ProtoRecordDict.FromString(data))


def run(run_id: int) -> Run:
    """A Run object as the older workflows read it: its id, and no configuration of its own."""
    return Run.create_empty(run_id)


def replace_average(average: Callable[[Sequence[tuple[ArrayRecord, float]]], ArrayRecord]) -> None:
    """Have the strategies average with `average` of (arrays, weight), the weights' sum being 1."""

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
