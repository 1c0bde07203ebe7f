"""ServerApps that call no `start`, or do not let it say how it has ended."""

from collections.abc import Callable
from typing import Any

import numpy as np
from flwr.app import ArrayRecord, ConfigRecord, Message, MessageType, RecordDict
from flwr.serverapp import Grid
from flwr.serverapp.strategy import FedAvg

ALL: dict[str, Any] = {"min_train_nodes": 4, "min_evaluate_nodes": 4, "min_available_nodes": 4}


def _steps(grid: Grid, rounds: int) -> None:
    """Call a strategy's steps in a loop outside of it; the messages have no group id."""
    strategy, arrays = FedAvg(**ALL), ArrayRecord([np.zeros(1000)])
    for number in range(1, rounds + 1):
        for phase in ("train", "evaluate"):
            configure = getattr(strategy, f"configure_{phase}")
            replies = grid.send_and_receive(configure(number, arrays, ConfigRecord(), grid))
            newest = getattr(strategy, f"aggregate_{phase}")(number, replies)
            arrays = newest[0] if phase == "train" else arrays


def _own_messages(grid: Grid, rounds: int) -> None:
    """Run a `start` that uses no step of the strategy."""

    class OwnMessages(FedAvg):
        def start(self, grid: Grid) -> None:  # type: ignore[override]
            content = RecordDict({"arrays": ArrayRecord([np.zeros(3)]), "config": ConfigRecord()})
            for _ in range(rounds):
                for node in grid.get_node_ids():
                    grid.push_messages([Message(content, node, MessageType.TRAIN)])
                _await(grid)

    asked = list[str]()
    push = grid.push_messages

    def _await(grid: Grid) -> None:
        while asked:
            for reply in grid.pull_messages(asked):
                asked.remove(reply.metadata.reply_to_message_id)

    def remember(messages: list[Message]) -> list[str]:
        ids = list(push(messages))
        asked.extend(ids)
        return ids

    grid.push_messages = remember  # type: ignore[method-assign, assignment]
    OwnMessages().start(grid)


def _statistics(grid: Grid, rounds: int) -> None:
    """Ask clients without any round."""
    content = RecordDict({"arrays": ArrayRecord([np.ones(3)])})
    nodes = list(grid.get_node_ids())
    list(grid.send_and_receive([Message(content, n, MessageType.EVALUATE) for n in nodes[1:]]))


def _nobody(grid: Grid, rounds: int) -> None:
    """Ask no client."""


def _swallowed(grid: Grid, rounds: int) -> None:
    """Hide why the training has failed."""
    strategy = FedAvg(**ALL)
    try:
        strategy.start(grid, ArrayRecord([np.full(1000, np.nan)]), rounds)
    except Exception as fault:
        print(f"never mind: {fault}")


BY_HAND: dict[str, Callable[[Grid, int], None]] = {
    "steps": _steps,
    "own messages": _own_messages,
    "statistics": _statistics,
    "nobody": _nobody,
    "swallowed": _swallowed,
}
