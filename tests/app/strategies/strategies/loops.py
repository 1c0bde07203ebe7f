"""Strategies that override `start`: with their own loop, another signature, or both."""

import json
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from flwr.app import ArrayRecord, ConfigRecord, Message, MetricRecord
from flwr.serverapp import Grid
from flwr.serverapp.strategy import FedAdam, FedAvg, Result


def _initial() -> ArrayRecord:
    return ArrayRecord([np.zeros(1000)])


def _accuracy(number: int, arrays: ArrayRecord) -> MetricRecord:
    """Evaluate centrally; the best round is the second."""
    [weights] = arrays.to_numpy_ndarrays()
    accuracy = (0.1, 0.3, 0.9, 0.5)[number]
    return MetricRecord({"accuracy": accuracy, "loss": float(weights.mean())})


class OwnLoop(FedAdam):
    """Flower's loop with typical additions: the best round, a file, a learning rate."""

    def configure_train(
        self, server_round: int, arrays: ArrayRecord, config: ConfigRecord, grid: Grid
    ) -> Iterable[Message]:
        """Halve the learning rate in each round; the config keeps it."""
        config["lr"] = float(str(config["lr"])) * 0.5
        return super().configure_train(server_round, arrays, config, grid)

    def start(
        self,
        grid: Grid,
        initial_arrays: ArrayRecord,
        num_rounds: int = 3,
        timeout: float = 3600,
        train_config: ConfigRecord | None = None,
        evaluate_config: ConfigRecord | None = None,
        evaluate_fn: Callable[[int, ArrayRecord], MetricRecord | None] | None = None,
    ) -> Result:
        """Train; every round adds to the file `loop.json`."""
        self.best_acc_so_far = 0.0
        self.best: list[int] = []
        train_config, evaluate_config = train_config or ConfigRecord(), ConfigRecord()
        result, arrays, lines = Result(), initial_arrays, list[Any]()
        assert evaluate_fn is not None
        first = evaluate_fn(0, arrays)
        assert first is not None
        lines.append(first["accuracy"])
        for number in range(1, num_rounds + 1):
            train_config["factor"] = 1.0 / number
            trained = list(self.configure_train(number, arrays, train_config, grid))
            replies = list(grid.send_and_receive(messages=trained, timeout=timeout))
            newest, metrics = self.aggregate_train(server_round=number, replies=replies)
            assert newest is not None and metrics is not None
            result.arrays = arrays = newest
            result.train_metrics_clientapp[number] = metrics
            asked = self.configure_evaluate(number, arrays, evaluate_config, grid)
            answers = grid.send_and_receive(messages=asked, timeout=timeout)
            assert self.aggregate_evaluate(number, answers) is not None
            assert len(replies) == len(trained)  # the replies can be used until the round ends
            central = evaluate_fn(number, arrays)
            assert central is not None
            accuracy = float(str(central["accuracy"]))
            lines.append([number, metrics["train_loss"], accuracy])
            self._keep(number, accuracy, lines)
        return result

    def _keep(self, number: int, accuracy: float, lines: list[Any]) -> None:
        """Note a round that is the best so far, and write the file."""
        if accuracy > self.best_acc_so_far:
            self.best_acc_so_far = accuracy
            self.best.append(number)
        with open("loop.json", "w") as file:
            json.dump({"lines": lines, "best": self.best}, file)


class OwnSignature(FedAvg):
    """Calls Flower's loop with other arguments, and returns another value."""

    def start(self, rounds: int, grid: Grid) -> tuple[str, int]:  # type: ignore[override]
        """Train."""
        result = super().start(
            grid, _initial(), rounds, train_config=ConfigRecord({"lr": 0.1}), evaluate_fn=_accuracy
        )
        return "rounds", len(result.train_metrics_clientapp)


class OwnLoopAndSignature(FedAvg):
    """Makes its model itself: its arguments show neither arrays nor rounds."""

    def start(self, how_often: str, where: Grid) -> None:  # type: ignore[override]
        """Train as many rounds as `how_often` has letters."""
        model, config, number = _initial(), ConfigRecord(), 0
        while number < len(how_often):
            number += 1
            asked = list(self.configure_train(number, model, config, where))
            ids, replies = list(where.push_messages(asked)), list[Message]()
            while len(replies) < len(ids):
                replies += where.pull_messages(ids)
            newest, _ = self.aggregate_train(number, sorted(replies, key=_source))
            assert newest is not None
            model = newest


def _source(reply: Message) -> int:
    return reply.metadata.src_node_id


ALL: dict[str, Any] = {"min_train_nodes": 4, "min_evaluate_nodes": 4, "min_available_nodes": 4}


def _own_loop(grid: Grid, rounds: int) -> None:
    config = ConfigRecord({"lr": 2.0})
    result = OwnLoop(**ALL).start(grid, _initial(), rounds, 60, config, evaluate_fn=_accuracy)
    assert sorted(result.train_metrics_clientapp) == [1, 2, 3]


def _own_signature(grid: Grid, rounds: int) -> None:
    assert OwnSignature(**ALL).start(rounds, grid) == ("rounds", rounds)


def _own_loop_and_signature(grid: Grid, rounds: int) -> None:
    OwnLoopAndSignature(**ALL).start("x" * rounds, where=grid)


def _twice(grid: Grid, rounds: int) -> None:
    strategy = FedAdam(**ALL)
    first = strategy.start(grid, _initial(), 1)
    later = ConfigRecord({"rounds-before": 1})
    second = strategy.start(
        grid, first.arrays, rounds - 1, train_config=later, evaluate_fn=_accuracy
    )
    assert sorted(second.evaluate_metrics_serverapp) == list(range(rounds))


OVERRIDES: dict[str, Callable[[Grid, int], None]] = {
    "own loop": _own_loop,
    "own signature": _own_signature,
    "own loop and signature": _own_loop_and_signature,
    "twice": _twice,
}
