"""The table of docs/metrics.md is what a server says at /metrics: no metric more, none less."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from prometheus_client.parser import text_string_to_metric_families

from conftest import ROOT, Make
from federation import held

PAGE = ROOT / "docs" / "metrics.md"


class Described(NamedTuple):
    """A metric as the page has it, or as a server says it."""

    kind: str
    labels: frozenset[str]


def documented() -> dict[str, Described]:
    """Read the table of the page: a row is | name | type | unit | labels | meaning | query |."""
    rows = re.findall(r"^\| `(\w+)` \| (\w+) \| \w* ?\| (.*?) ?\|", PAGE.read_text(), re.MULTILINE)
    return {
        name: Described(kind, frozenset(re.findall("`(.*?)`", labels)))
        for name, kind, labels in rows
    }


def said(text: str) -> Iterator[tuple[str, Described]]:
    """Read the metrics that a server says, those without any sample left out."""
    for family in text_string_to_metric_families(text):
        name = family.name + ("_total" if family.type == "counter" else "")
        for sample in family.samples:
            yield name, Described(family.type, frozenset(sample.labels))


def test_the_page_describes_the_metrics_of_all_servers_and_no_others(
    make: Make, tmp_path: Path
) -> None:
    found: set[tuple[str, Described]] = set()
    federation = make(RUN_CONFIG=held(tmp_path, **{"odd-metrics": True}))
    federation.start_server()
    federation.start_clients(0, 1)
    federation.wait_held(1, 2)
    found.update(said(federation.get("/metrics")[1]))
    federation.open_rounds(1, 2)
    federation.ended()
    found.update(said(federation.get("/metrics")[1]))
    refused = make(tmp_path / "refused", CLIENTS=9)
    refused.start_server()
    refused.ended()
    found.update(said(refused.get("/metrics")[1]))
    assert dict(sorted(found)) == dict(sorted(documented().items()))
    assert len(found) == len(documented())


@pytest.mark.parametrize("unit", ["seconds", "bytes"])
def test_a_metrics_name_ends_with_its_unit(unit: str) -> None:
    rows = re.findall(r"^\| `(\w+)` \| \w+ \| (\w*) ?\|", PAGE.read_text(), re.MULTILINE)
    assert {name for name, named in rows if named == unit} == {
        name for name, _ in rows if re.search(f"_{unit}(_total)?$", name)
    }
