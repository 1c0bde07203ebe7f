"""Serve the run's status to Prometheus: /metrics, which docs/metrics.md describes."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from prometheus_client import CollectorRegistry, ProcessCollector, exposition, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    Metric,
    SummaryMetricFamily,
)
from prometheus_client.registry import Collector

from kubeflower.plain_json import number_of
from kubeflower.status_document import STATES

MEDIA_TYPE = exposition.CONTENT_TYPE_PLAIN_0_0_4
"""Media type of what `render` writes."""
DOINGS = ("offline", "idle", "train", "evaluate", "query")
"""Activities of a client, see activity.py; each has a series, also while no client does it."""
MOST_METRICS = 50
"""Upper bound of an app's metrics from each source: every name is a series that is stored."""


@dataclass(frozen=True)
class Measured:
    """Values that the document of /status lacks."""

    sent: int
    """Bytes to clients."""
    received: int
    """Bytes from clients."""
    size: int
    """Bytes of the volume."""
    available: int
    """Bytes of the volume that can still be written."""
    central: Mapping[str, Any]
    """All metrics of the newest central evaluation, by the app's names."""


def render(
    status: Callable[[], dict[str, Any]], measured: Callable[[], Measured] | None = None
) -> bytes:
    """Write the metrics in Prometheus' text format.

    Args:
        status: Gives the document of /status.
        measured: Gives the other values; None: there is no run that they could be of.
    """
    registry = CollectorRegistry()
    registry.register(RunCollector(status, measured))
    ProcessCollector(registry=registry)
    return generate_latest(registry)


class RunCollector(Collector):
    """Metrics of one run, each labelled with the run's id."""

    def __init__(
        self, status: Callable[[], dict[str, Any]], measured: Callable[[], Measured] | None
    ) -> None:
        """See `render`."""
        self.status = status
        self.measured = measured

    def collect(self) -> Iterator[Metric]:
        """Read status and other values, and yield the metrics."""
        status = self.status()
        measured = None if self.measured is None else self.measured()
        run = status["run"]
        yield _state(status)
        if status["failure"] is not None:
            failure = _gauge("run_failure", "1 for the code of the run's failure", "code")
            failure.add_metric([run, status["failure"]["code"]], 1)
            yield failure
        yield _clients(status)
        for name, (description, value) in _gauges(status, measured).items():
            number = number_of(value)  # an app's loss may also be a list, which no gauge can show
            if number is not None:
                gauge = _gauge(name, description)
                gauge.add_metric([run], number)
                yield gauge
        for name, (description, count) in _counters(status, measured).items():
            counter = CounterMetricFamily(f"kubeflower_{name}", description, labels=["run"])
            counter.add_metric([run], count)
            yield counter
        yield _durations(status)
        yield _app_metrics(status, measured)


def _gauge(name: str, description: str, *labels: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"kubeflower_{name}", description, labels=["run", *labels])


def _state(status: dict[str, Any]) -> Metric:
    state = _gauge("run_state", "1 for the state that the run is in", "state")
    for name in STATES:
        state.add_metric([status["run"], name], status["state"] == name)
    return state


def _clients(status: dict[str, Any]) -> Metric:
    clients = _gauge("clients", "Clients by what they do", "doing")
    counts = dict.fromkeys(DOINGS, 0)
    for client in status["clients"]:
        counts[client["doing"]] = counts.get(client["doing"], 0) + 1
    for doing, count in counts.items():
        clients.add_metric([status["run"], doing], count)
    return clients


def _gauges(
    status: dict[str, Any], measured: Measured | None
) -> dict[str, tuple[str, int | float | str | None]]:
    """Return description and value of each gauge; the value may be missing or no number."""
    last = status["history"][-1] if status["history"] else {}
    found = {
        "rounds": ("Rounds that the run is to have", status["rounds"]),
        "round": ("The newest round, from 1; 0 before the first", status["round"]),
        "round_elapsed_seconds": ("Time since the round's start", status["elapsed"]),
        "clients_connected": ("Clients that are connected", len(status["nodes"])),
        "last_round_duration_seconds": ("Duration of the last round", last.get("seconds")),
        "last_round_replies": (
            "Clients that have answered the last round",
            _count(last, "replies"),
        ),
        "last_round_failures": ("Failures of the last round", _count(last, "failures")),
        "loss": ("Central loss after the last round", last.get("loss")),
        "accuracy": ("Central accuracy after the last round", last.get("accuracy")),
    }
    if measured is not None:
        found["volume_size_bytes"] = ("Size of the volume", measured.size)
        found["volume_available_bytes"] = ("Space left on the volume", measured.available)
    return found


def _counters(status: dict[str, Any], measured: Measured | None) -> dict[str, tuple[str, int]]:
    """Return description and value of each counter; `_total` is added to its name."""
    history = status["history"]
    found = {
        "rounds_finished": ("Rounds that are finished", len(history)),
        "replies": ("Replies in all rounds", sum(len(entry["replies"]) for entry in history)),
        "failures": ("Failures in all rounds", sum(len(entry["failures"]) for entry in history)),
    }
    if measured is not None:
        found["sent_bytes"] = ("Bytes to clients since the server's start", measured.sent)
        found["received_bytes"] = ("Bytes from clients since the server's start", measured.received)
    return found


def _durations(status: dict[str, Any]) -> Metric:
    seconds = [entry["seconds"] for entry in status["history"]]
    name = "kubeflower_round_duration_seconds"
    durations = SummaryMetricFamily(name, "Durations of the finished rounds", labels=["run"])
    durations.add_metric([status["run"]], len(seconds), sum(seconds))
    return durations


def _app_metrics(status: dict[str, Any], measured: Measured | None) -> Metric:
    """Return the last round's metrics under the app's own names."""
    last = status["history"][-1] if status["history"] else {}
    sources = {
        "server": {} if measured is None else measured.central,
        "clients": last.get("clients", {}),
    }
    metrics = _gauge("app_metric", "A metric of the last round, by the app", "source", "metric")
    for source, values in sources.items():
        numbers = {name: number_of(value) for name, value in values.items()}
        known = [(name, number) for name, number in numbers.items() if number is not None]
        for name, number in known[:MOST_METRICS]:
            metrics.add_metric([status["run"], source, name], number)
    return metrics


def _count(entry: dict[str, Any], key: str) -> int | None:
    return len(entry[key]) if key in entry else None
