"""Learns rounds and metrics of an unmodified ServerApp by wrapping Strategy.start."""

import time
from typing import Any

from flwr.app import Message, MetricRecord
from flwr.serverapp.strategy import Result, Strategy

from kubeflower.grid import StreamGrid
from kubeflower.randomness import seed_all
from kubeflower.run_folder import RunFolder


class Recorder:
    """Holds the history, writes metrics.jsonl and partitions.json after each round."""

    def __init__(self, folder: RunFolder, grid: StreamGrid, seed: int) -> None:
        self.folder, self.grid, self.seed = folder, grid, seed
        self.history: list[dict[str, Any]] = []
        self.partitions: dict[str, Any] = {}
        self.result: Result | None = None
        self.round = 0
        self._started = 0.0
        self._entry: dict[str, Any] = {}
        grid.on_replies = self._replies

    def install(self) -> None:
        """Replace Strategy.start for this process."""
        original, recorder = Strategy.start, self

        def start(strategy: Any, *args: Any, **kwargs: Any) -> Result:
            evaluate: Any = kwargs.get("evaluate_fn")
            configure, aggregate = strategy.configure_train, strategy.aggregate_evaluate

            def configure_train(server_round: int, *rest: Any) -> Any:
                recorder._begin(server_round)
                return configure(server_round, *rest)

            def aggregate_evaluate(server_round: int, replies: Any) -> Any:
                metrics = aggregate(server_round, replies)
                recorder._entry["clients"] = dict(metrics or {})
                if evaluate is None:
                    recorder._end(None)
                return metrics

            def evaluate_fn(server_round: int, arrays: Any) -> MetricRecord | None:
                seed_all(recorder.seed, server_round)
                metrics: MetricRecord | None = evaluate(server_round, arrays)
                if server_round > 0:
                    recorder._end(metrics)
                return metrics

            strategy.configure_train = configure_train
            strategy.aggregate_evaluate = aggregate_evaluate
            if evaluate is not None:
                kwargs["evaluate_fn"] = evaluate_fn
            recorder.result = original(strategy, *args, **kwargs)
            return recorder.result

        Strategy.start = start  # type: ignore[method-assign, assignment]

    def _begin(self, number: int) -> None:
        seed_all(self.seed, number)
        self.round, self._started = number, time.monotonic()
        self.grid.failures.clear()
        self.grid.open_round()
        self._entry = {"round": number, "replies": [], "clients": {}}

    def _end(self, metrics: MetricRecord | None) -> None:
        values = dict(metrics or {})
        entry = {
            **self._entry,
            "seconds": round(time.monotonic() - self._started, 3),
            "loss": values.get("loss"),
            "accuracy": values.get("accuracy"),
            "failures": list(self.grid.failures),
        }
        self.history.append(entry)
        self.folder.write_lines("metrics.jsonl", self.history)
        self.folder.write_json("partitions.json", self.partitions)
        print(f"round {self.round}: {entry}", flush=True)

    def _replies(self, replies: list[Message]) -> None:
        good = [r for r in replies if not r.has_error()]
        self._entry["replies"] = [r.metadata.src_node_id - 1 for r in good]
        for reply in good:
            record = reply.content.config_records.get("partition")
            if record is not None:
                self.partitions[str(reply.metadata.src_node_id - 1)] = dict(record)
