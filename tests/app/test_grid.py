"""Failures of a round, as the clients' streams report them: kubeflower/grid.py."""

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import pytest
from flwr.app import Error, Message, RecordDict

from federation import EXAMPLE
from kubeflower import codec, framing, node_polls
from kubeflower import flower_internals as internals
from kubeflower.client_fault import ClientFault
from kubeflower.connections import Outbox
from kubeflower.grid import StreamGrid
from kubeflower.run_failure import RunFailed
from kubeflower.run_spec import parse

MEMORY = ClientFault(
    "memory", "was killed 3 times as it needs more memory than its limit 256Mi", limit=1
)
EXIT = ClientFault("app", "its app ended its process with exit code 3", ["bye"])

Behaviour = Callable[[StreamGrid, int, Outbox, bytes, list[bytes]], None]
"""How a client answers a message."""


def says(fault: ClientFault) -> Behaviour:
    return lambda grid, partition, link, kind, parts: grid.report(partition, link, fault)


def leaves(grid: StreamGrid, partition: int, link: Outbox, *_: Any) -> None:
    grid.connections.detach(partition, link)


def hangs(*_: Any) -> None:
    pass


def refuses(grid: StreamGrid, partition: int, _: Outbox, kind: bytes, parts: list[bytes]) -> None:
    reply = Message(Error(3, "I have no memory"), reply_to=codec.decode(parts))
    grid.deliver(partition, codec.encode(reply), None)


def begin(*clients: Behaviour, quorum: int = 2, timeout: float = 20) -> StreamGrid:
    """Make a Grid with a connected client for each behaviour."""
    internals.set_task_identity(1, 0)
    n = len(clients)
    spec = parse(EXAMPLE.read_text())
    spec = replace(spec, clients=n, min=n, replicas=n, quorum=quorum)
    grid = StreamGrid(1, spec)
    grid.timeout = timeout
    for partition, client in enumerate(clients):
        link = grid.attach(partition)
        threading.Thread(target=serve, args=(grid, partition, link, client), daemon=True).start()
    return grid


def serve(grid: StreamGrid, partition: int, link: Outbox, client: Behaviour) -> None:
    while (sent := link.get()) is not None:
        client(grid, partition, link, *sent)


def ask(grid: StreamGrid) -> Iterable[Message]:
    return grid.send_and_receive([Message(RecordDict(), 1 + k, "train") for k in range(2)])


def fails(grid: StreamGrid) -> RunFailed:
    """Run a phase that must fail; returns its failure."""
    with pytest.raises(RunFailed) as failed:
        ask(grid)
    return failed.value


def test_a_fault_is_the_answer_and_gives_the_run_its_code() -> None:
    failed = fails(begin(says(EXIT), hangs))
    assert str(failed) == (
        "2 of 2 replies are needed: "
        "client 0: its app ended its process with exit code 3; its last line: bye"
    )
    assert (failed.code, failed.facts) == ("app", {"partition": 0, "lines": ["bye"]})


def test_of_several_causes_the_apps_error_comes_first_then_memory() -> None:
    failed = fails(begin(says(MEMORY), says(EXIT), quorum=1))
    assert str(failed) == (
        "1 of 2 replies are needed: "
        "client 1: its app ended its process with exit code 3; its last line: bye; "
        "client 0 was killed 3 times as it needs more memory than its limit 256Mi"
    )
    assert failed.code == "app"


def test_a_client_without_memory_fails_the_run_until_it_has_more() -> None:
    failed = fails(begin(says(MEMORY), hangs))
    assert failed.facts == {"partition": 0, "role": "client", "limit": 1}
    assert (failed.code, failed.interrupted) == ("memory", True)


def test_late_clients_get_end_and_are_named_with_their_time() -> None:
    told: list[tuple[int, bytes]] = []

    def late(grid: StreamGrid, partition: int, link: Outbox, kind: bytes, _: list[bytes]) -> None:
        told.append((partition, kind))
        if kind == framing.END:
            said = ClientFault("timeout", "did not answer in time", [f"epoch {partition}"])
            grid.report(partition, link, said)
            grid.connections.detach(partition, link)

    failed = fails(begin(late, late, timeout=0.2))
    assert str(failed) == (
        "2 of 2 replies are needed: "
        "client 0 did not answer within 0.2 s (roundTimeout); its last line: epoch 0; "
        "client 1 did not answer within 0.2 s (roundTimeout); its last line: epoch 1"
    )
    assert failed.code == "timeout"
    assert failed.facts == {"partition": 0, "seconds": 0.2, "lines": ["epoch 0"]}
    assert sorted(told) == [(0, b"E"), (0, b"M"), (1, b"E"), (1, b"M")]


def test_a_late_client_that_was_killed_for_its_memory_before_lacks_memory() -> None:
    again = ClientFault("memory", "was killed as it needs more memory than there is", again=True)
    failed = fails(begin(hangs, says(again), timeout=0.2))
    assert failed.code == "memory"
    assert "client 1 was killed as it needs more memory than there is" in str(failed)


def test_clients_that_are_gone_are_waited_for_to_the_end() -> None:
    began = time.monotonic()
    failed = fails(begin(leaves, leaves, timeout=0.2))
    assert time.monotonic() - began >= 0.2
    assert str(failed) == (
        "2 of 2 replies are needed: client 0: its stream broke; client 1: its stream broke"
    )
    assert (failed.code, failed.interrupted) == ("clients", True)


def test_too_few_clients_interrupt_the_run() -> None:
    grid = begin(hangs, hangs, timeout=0.2)
    leaves(grid, 1, grid.connections.online[1])
    failed = fails(grid)
    assert str(failed) == "only 1 of 2 clients were connected after 0 s; missing partitions [1]"
    assert failed.code == "clients"


def test_a_client_cannot_make_errors_of_the_engine() -> None:
    assert fails(begin(refuses, refuses)).code == "app"


def test_a_serverapp_that_waits_for_more_nodes_than_there_are_fails_the_run(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(node_polls, "SECONDS", 0.0)
    grid = begin(hangs, hangs)
    for _ in range(9):
        assert grid.get_node_ids() == [1, 2]
    with pytest.raises(RunFailed, match="waits for more nodes than the run's 2"):
        grid.get_node_ids()


def test_a_serverapp_may_ask_for_the_nodes_while_it_waits_for_replies(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(node_polls, "SECONDS", 0.0)
    grid = begin(hangs, hangs)
    grid.push_messages([Message(RecordDict(), 1, "train")])
    for _ in range(100):
        grid.get_node_ids()
