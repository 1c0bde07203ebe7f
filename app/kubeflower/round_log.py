"""Append-only log of finished rounds; each round is serialised once."""

import json
from collections import Counter
from itertools import islice
from typing import Any

from flwr.serverapp.strategy import Result

from kubeflower import packing, plain_json

METRICS = ("train_metrics_clientapp", "evaluate_metrics_clientapp", "evaluate_metrics_serverapp")
"""Fields of Flower's Result that hold metrics by round."""


class RoundLog:
    """One line for each round: its history entry, and the metrics that its Result has gained."""

    def __init__(self) -> None:
        self._lines: list[bytes] = []
        self._known: dict[tuple[int, str], int] = {}
        self.rounds: Counter[int] = Counter()
        """Number of finished rounds of each Strategy.start, by its index in the run."""

    def add(self, entry: dict[str, Any], results: list[Result]) -> None:
        """Add a finished round.

        Args:
            entry: The round's entry in the history.
            results: The Result of each Strategy.start so far; the round belongs to the last.
        """
        call = len(results) - 1
        self.rounds[call] += 1
        metrics = {}
        for name in METRICS:
            all_rounds = getattr(results[call], name)
            new = islice(all_rounds.items(), self._known.get((call, name), 0), None)
            metrics[name] = {number: _without_bytes(metric) for number, metric in new}
            self._known[call, name] = len(all_rounds)
        line = packing.pack({"entry": entry, "call": call, "metrics": metrics}, [])
        self._lines.append(json.dumps(line, allow_nan=False).encode())

    def dump(self) -> bytes:
        """Return all lines."""
        return b"\n".join(self._lines)

    @classmethod
    def load(cls, data: bytes, results: list[Result]) -> tuple["RoundLog", list[dict[str, Any]]]:
        """Read what `dump` gave: returns log and history, and puts the metrics into `results`."""
        log = cls()
        history = []
        for line in data.splitlines():
            item = packing.unpack(json.loads(line), [])
            history.append(item["entry"])
            log.rounds[item["call"]] += 1
            for name, metrics in item["metrics"].items():
                getattr(results[item["call"]], name).update(metrics)
                log._known[item["call"], name] = len(getattr(results[item["call"]], name))
            log._lines.append(line)
        return log, history


def _without_bytes(metric: Any) -> Any:
    """Return the metric; converted to plain JSON if it holds bytes, which a line cannot."""
    blobs: list[bytes] = []
    try:
        packing.pack(metric, blobs)
    except packing.NotPlain:
        return plain_json.plain(metric)
    return plain_json.plain(metric) if blobs else metric
