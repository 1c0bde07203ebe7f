"""Serve the run's status to Prometheus: /metrics, made from the document of /status."""

from collections.abc import Callable, Iterator
from typing import Any

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from kubeflower.plain_json import number_of
from kubeflower.status_document import STATES


def render(status: Callable[[], dict[str, Any]]) -> bytes:
    """Write the metrics in Prometheus' text format; `status` gives the document of /status."""
    registry = CollectorRegistry()
    registry.register(RunCollector(status))
    return generate_latest(registry)


class RunCollector(Collector):
    """Gauges of one run, each labelled with the run's id."""

    def __init__(self, status: Callable[[], dict[str, Any]]) -> None:
        self.status = status

    def collect(self) -> Iterator[Metric]:
        """Read the status and yield the gauges."""
        status = self.status()
        run = status["run"]
        state = GaugeMetricFamily(
            "kubeflower_run_state", "1 for the state that the run is in", labels=["run", "state"]
        )
        for name in STATES:
            state.add_metric([run, name], float(status["state"] == name))
        yield state
        for name, (description, value) in _numbers(status).items():
            number = number_of(value)  # an app's loss may also be a list, which no gauge can show
            if number is not None:
                gauge = GaugeMetricFamily(name, description, labels=["run"])
                gauge.add_metric([run], number)
                yield gauge


def _numbers(status: dict[str, Any]) -> dict[str, tuple[str, Any]]:
    """Return description and value of each gauge; the value may be missing or no number."""
    history = status["history"]
    last = history[-1] if history else {}
    return {
        "kubeflower_rounds": ("Rounds of the run", status["rounds"]),
        "kubeflower_rounds_finished": ("Rounds that are finished", len(history)),
        "kubeflower_clients_connected": ("Partitions connected", len(status["nodes"])),
        "kubeflower_round_seconds": ("Seconds of the last round", last.get("seconds")),
        "kubeflower_round_replies": ("Replies of the last round", _count(last, "replies")),
        "kubeflower_round_failures": ("Failures of the last round", _count(last, "failures")),
        "kubeflower_loss": ("Central loss after the last round", last.get("loss")),
        "kubeflower_accuracy": ("Central accuracy after the last round", last.get("accuracy")),
    }


def _count(entry: dict[str, Any], key: str) -> int | None:
    return len(entry[key]) if key in entry else None
