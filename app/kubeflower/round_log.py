"""What each finished round has added: kept once, however many rounds follow."""

import json
from collections import Counter
from itertools import islice
from typing import Any

from flwr.serverapp.strategy import Result

from kubeflower import packing, plain_json

METRICS = ("train_metrics_clientapp", "evaluate_metrics_clientapp", "evaluate_metrics_serverapp")


class Journal:
    """A line a round: its entry in the history and the metrics that its Result has got."""

    def __init__(self) -> None:
        self._lines: list[bytes] = []
        self._known: dict[tuple[int, str], int] = {}
        self.rounds: Counter[int] = Counter()
        """Finished rounds of each Strategy.start, by its place among all."""

    def add(self, entry: dict[str, Any], results: list[Result]) -> None:
        """A round is finished; `results` are those of all Strategy.start so far."""
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
        """All lines."""
        return b"\n".join(self._lines)

    @classmethod
    def load(cls, data: bytes, results: list[Result]) -> tuple["Journal", list[dict[str, Any]]]:
        """The journal of an earlier process and its history; the metrics go into `results`."""
        journal, history = cls(), []
        for line in data.splitlines():
            item = packing.unpack(json.loads(line), [])
            history.append(item["entry"])
            journal.rounds[item["call"]] += 1
            for name, metrics in item["metrics"].items():
                getattr(results[item["call"]], name).update(metrics)
                journal._known[item["call"], name] = len(getattr(results[item["call"]], name))
            journal._lines.append(line)
        return journal, history


def _without_bytes(metric: Any) -> Any:
    """The metric; as JSON's values where it has something in it whose bytes a line cannot hold."""
    blobs: list[bytes] = []
    try:
        packing.pack(metric, blobs)
    except packing.NotPlain:
        return plain_json.plain(metric)
    return plain_json.plain(metric) if blobs else metric
