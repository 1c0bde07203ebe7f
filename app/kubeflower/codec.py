"""Encode a Flower message as parts: a small head, then each large array's bytes, not copied."""

from collections.abc import Iterator, Sequence

from flwr.app import Array, ArrayRecord, Message, RecordDict

from kubeflower import flower_internals as internals

INLINE = 16 << 10
"""Bytes up to which an array stays in the head: a part for it would cost more."""

BESIDE = "@"
"""Prefix of the serialisation type of an array whose data is a separate part."""


def encode(message: Message) -> list[bytes]:
    """Return the head, then the data of each array over INLINE bytes, in the records' order."""
    if not message.has_content():
        return [internals.serialise(message)]
    light, large = _lighten(message.content)
    return [internals.serialise(message, light), *large]


def decode(parts: Sequence[bytes]) -> Message:
    """Decode the parts that `encode` has made.

    Raises:
        ValueError: the parts do not make up one message.
    """
    message = internals.parse(parts[0])
    _fill(message.content if message.has_content() else RecordDict(), parts[1:])
    return message


def encode_records(records: RecordDict) -> list[bytes]:
    """Encode records without a message, as `encode` does; equal records give equal parts."""
    light, large = _lighten(records)
    return [internals.serialise_records(light), *large]


def decode_records(parts: Sequence[bytes]) -> RecordDict:
    """Decode the parts that `encode_records` has made.

    Raises:
        ValueError: the parts do not make up one set of records.
    """
    records = internals.parse_records(parts[0])
    _fill(records, parts[1:])
    return records


def size(content: RecordDict) -> int:
    """Return the bytes of all arrays in the content."""
    return sum(len(array.data) for array in _arrays(content))


def _arrays(content: RecordDict) -> Iterator[Array]:
    for record in content.array_records.values():
        yield from record.values()


def _fill(content: RecordDict, data: Sequence[bytes]) -> None:
    """Put the separate parts back into their arrays."""
    large = iter(data)
    for array in _arrays(content):
        if array.stype.startswith(BESIDE):
            array.stype = array.stype.removeprefix(BESIDE)
            array.data = next(large, b"")
            if len(array.data) <= INLINE:
                raise ValueError("a message lacks the data of an array")
    if next(large, None) is not None:
        raise ValueError("a message has data of no array")


def _lighten(content: RecordDict) -> tuple[RecordDict, list[bytes]]:
    """Return a copy of the content whose large arrays are empty, and those arrays' data."""
    large = [array.data for array in _arrays(content) if len(array.data) > INLINE]
    if not large:
        return content, []
    records = RecordDict()
    for name, record in content.items():
        if isinstance(record, ArrayRecord):
            record = ArrayRecord({key: _light(array) for key, array in record.items()})
        records[name] = record
    return records, large


def _light(array: Array) -> Array:
    if len(array.data) <= INLINE:
        return array
    return Array(array.dtype, array.shape, BESIDE + array.stype, b"")
