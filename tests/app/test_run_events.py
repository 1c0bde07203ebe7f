"""The events of a run: kubeflower/run_events.py."""

import json
from pathlib import Path

import pytest

from conftest import Make
from kubeflower import run_events
from kubeflower.run_events import RunEvents
from kubeflower.run_folder import RunFolder


def opened(data: Path) -> RunEvents:
    folder = RunFolder(str(data), "ab12")
    folder.make()
    events = RunEvents(folder)
    events.open()
    return events


def kinds(events: RunEvents) -> list[str]:
    return [event["kind"] for event in events.folder.read_lines(run_events.NAME)]


def test_events_are_kept_between_open_and_close(tmp_path: Path) -> None:
    folder = RunFolder(str(tmp_path), "ab12")
    folder.make()
    events = RunEvents(folder)
    events.add("early", "")
    events.open()
    events.add("joined", "client 1 is connected", 1)
    events.close()
    events.add("late", "")
    [event] = folder.read_lines(run_events.NAME)
    assert event.pop("time").endswith("Z")
    assert event == {"kind": "joined", "text": "client 1 is connected", "partition": 1}


def test_a_torn_last_line_does_not_spoil_the_next(tmp_path: Path) -> None:
    opened(tmp_path).add("started", "")
    path = opened(tmp_path).folder.path / run_events.NAME
    path.write_text(path.read_text()[:-9])
    events = opened(tmp_path)
    events.add("resumed", "")
    assert kinds(events) == ["resumed"]
    events.add("round", "")
    assert kinds(events) == ["resumed", "round"]


def test_the_file_does_not_grow_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_events, "MOST", 600)
    events = opened(tmp_path)
    for _ in range(9):
        events.add("left", "x" * 40)
    assert kinds(events) == ["left", "left", "left", "full"]


def test_a_run_has_its_clients_rounds_and_end_among_its_events(make: Make) -> None:
    federation = make()
    federation.start_server()
    federation.start_clients(0, 1)
    federation.ended()
    lines = (federation.folder / run_events.NAME).read_text().splitlines()
    events = [json.loads(line) for line in lines]
    assert [event["kind"] for event in events] == [
        *("started", "joined", "joined", "round", "round", "completed"),
    ]
    assert sorted(event["partition"] for event in events[1:3]) == [0, 1]
    assert events[-1]["text"] == "completed after 2 rounds"
    record = json.loads((federation.folder / "run.json").read_text())
    assert (record["run"], record["spec"]["rounds"]) == ("ab12", 2)
    assert record["versions"]["flwr"] and record["runConfig"]["num-server-rounds"] == 2
    assert record["origin"] is None
