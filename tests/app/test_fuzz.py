"""Malformed input: frames, HELLOs and tokens on the stream, and checkpoint files."""

import base64
import json
import os
import random
import struct
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import grpc
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from authority import CLIENT, NAMESPACE, Signer, key_set
from conftest import Make, calm_and_held
from kubeflower import checkpoint, framing, grpc_options
from kubeflower.checkpoint import Checkpoints
from kubeflower.token_verifier import Refused, TokenVerifier

FRAMES, FILES, STREAMS, TOKENS = 2_000, 500, 3_000, 1_000
PLAIN_FRAMES = 100_000
MB = 1 << 20
SETTINGS = settings(
    deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
)

KINDS = [*framing.KINDS, b"X"]
kinds = st.sampled_from(KINDS)
heads = st.builds(
    lambda kind, count, lengths, rest: (
        struct.pack(f"<cI{len(lengths)}Q", kind, count, *lengths) + rest
    ),
    kinds,
    st.one_of(st.integers(0, 3), st.integers(0, 2**32 - 1)),
    st.lists(st.one_of(st.integers(0, 40), st.integers(0, 2**64 - 1)), max_size=3),
    st.binary(max_size=40),
)
frames = st.lists(st.one_of(heads, st.binary(max_size=40)), max_size=5)


@settings(SETTINGS, max_examples=FRAMES)
@given(frames)
def test_frames_are_whole_messages_or_refused(frames: list[bytes]) -> None:
    are_whole_or_refused(frames)


def test_many_more_frames_are_whole_messages_or_refused(choice: random.Random) -> None:
    """Fast, as Hypothesis makes 300 a second; a failing example is not shrunk."""

    def frame() -> bytes:
        if choice.random() < 0.3:
            return choice.randbytes(choice.randrange(40))
        count = choice.choice([0, 1, 2, 3, choice.randrange(2**32)])
        lengths = [choice.randrange(choice.choice([40, 2**64])) for _ in range(choice.randrange(4))]
        head = struct.pack(f"<cI{len(lengths)}Q", choice.choice(KINDS), count, *lengths)
        return head + choice.randbytes(choice.randrange(40))

    for _ in range(PLAIN_FRAMES):
        are_whole_or_refused([frame() for _ in range(choice.randrange(6))])


def are_whole_or_refused(frames: list[bytes]) -> None:
    try:
        for kind, parts in framing.join(frames):
            assert kind in framing.KINDS
            assert parts
            assert sum(map(len, parts)) <= sum(map(len, frames))
    except framing.BrokenStream:
        pass


@pytest.fixture
def choice() -> random.Random:
    return random.Random(7)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder whose files are not waited for until they are on the disk."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda _: None)
        yield tmp_path_factory.mktemp("checkpoints")


plain = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=8)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(["dict", "tuple", "bytes", "ndarray", "scalar", "ArrayRecord", "X"]),
            inner,
            max_size=2,
        ),
    ),
    max_leaves=8,
)


@settings(SETTINGS, max_examples=FILES)
@given(st.one_of(st.binary(max_size=200), plain.map(lambda v: json.dumps(v).encode())), st.data())
def test_a_checkpoint_of_any_content_is_loaded_or_skipped(
    folder: Path, head: bytes, data: st.DataObject
) -> None:
    path = folder / "checkpoint-000000001"
    checkpoint.write(path, [head, *data.draw(st.lists(st.binary(max_size=20), max_size=2))])
    whole = path.read_bytes()
    cut = data.draw(st.integers(0, len(whole)))
    Checkpoints(folder).load()
    path.write_bytes(whole[:cut])
    assert cut == len(whole) or Checkpoints(folder).load() is None


keyed = Signer()
token = keyed.token()
cuts = st.integers(0, len(token))
segments = st.one_of(st.binary(max_size=30), plain.map(lambda v: json.dumps(v).encode())).map(
    lambda data: base64.urlsafe_b64encode(data).decode().rstrip("=")
)
tokens = st.one_of(
    st.text(max_size=40),
    st.tuples(segments, segments, segments).map(".".join),
    st.tuples(cuts, st.text(max_size=3)).map(lambda at: token[: at[0]] + at[1] + token[at[0] :]),
)


@pytest.fixture(scope="module")
def verifier(tmp_path_factory: pytest.TempPathFactory) -> TokenVerifier:
    return TokenVerifier(key_set(tmp_path_factory.mktemp("keys"), keyed), NAMESPACE, CLIENT)


@settings(SETTINGS, max_examples=TOKENS)
@given(tokens)
def test_a_token_of_any_content_is_the_pods_own_or_refused(
    verifier: TokenVerifier, said: str
) -> None:
    try:
        assert verifier.verify(said) == verifier.verify(token)
    except Refused:
        assert said != token


def malformed(choice: random.Random) -> list[bytes]:
    """List first messages that a stranger might send."""
    claim: Any = choice.choice(
        [
            {},
            [],
            1,
            None,
            {"partition": "0"},
            {"partition": -1, "run": None, "state": ""},
            {"partition": 10**30, "run": None, "state": ""},
            {"partition": True, "run": "", "state": ""},
        ]
    )
    hello = list(framing.split(framing.HELLO, [json.dumps(claim).encode()]))
    return choice.choice(
        [
            [choice.randbytes(choice.randrange(60))],
            hello,
            [hello[0][: choice.randrange(len(hello[0]))]],
            [struct.pack("<cIQ", b"H", 1, 2**62) + bytes(1000)],
            [struct.pack("<cIQ", b"M", 1, 2**62), *[bytes(framing.CHUNK)] * 2],
            [b"H" + struct.pack("<I", 2**32 - 1)],
            list(framing.split(framing.HELLO, [b"[" * 100_000])),
            [],
        ]
    )


def test_strangers_do_no_harm_to_a_run(make: Make, tmp_path: Path, choice: random.Random) -> None:
    calm, harassed = calm_and_held(make, tmp_path)
    harassed.wait_held(1, 2)
    before = harassed.memory()
    ends = set()
    with (
        grpc.insecure_channel(f"127.0.0.1:{harassed.port}") as channel,
        ThreadPoolExecutor(8) as pool,
    ):

        def end(sent: list[bytes]) -> str:
            try:
                return str(list(channel.stream_stream(grpc_options.METHOD)(iter(sent), timeout=30)))
            except grpc.RpcError as fault:
                return str(fault.code().name)

        ends = set(pool.map(end, [malformed(choice) for _ in range(STREAMS)]))
    assert ends == {"INVALID_ARGUMENT", "OUT_OF_RANGE"}
    assert harassed.memory() - before < 64 * MB
    harassed.open_rounds(1, 2)
    assert harassed.ended()["result"]["modelSha256"] == calm.ended()["result"]["modelSha256"]


def test_a_stream_without_hello_is_closed(make: Make) -> None:
    federation = make()
    federation.start_server()
    federation.wait(lambda status: federation.get("/readyz")[0] == 200)
    over = threading.Event()

    def silence() -> Iterator[bytes]:
        over.wait()
        yield from ()

    with grpc.insecure_channel(f"127.0.0.1:{federation.port}") as channel:
        streams = [channel.stream_stream(grpc_options.METHOD)(silence()) for _ in range(10)]
        federation.start_clients(0, 1)
        assert federation.ended()["state"] == "completed"
        assert {stream.code().name for stream in streams} == {"CANCELLED"}
    over.set()
