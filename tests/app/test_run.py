"""A run from its start to its end: kubeflower/server.py and client.py as processes."""

import hashlib
import json
from pathlib import Path
from typing import Any

from conftest import Make
from kubeflower.history import DETAILS, NAME
from kubeflower.phase_times import MOMENTS


def without_details(line: dict[str, Any]) -> dict[str, Any]:
    """Return what the status has of a line of metrics.jsonl."""
    return {key: value for key, value in line.items() if key not in DETAILS}


def run(make: Make, data: Path) -> str:
    federation = make(data)
    federation.start_server()
    federation.start_clients(1, 0)
    return str(federation.ended()["result"]["modelSha256"])


def test_a_run_completes_and_its_files_are_on_the_volume(make: Make) -> None:
    federation = make()
    federation.start_server()
    federation.start_clients(0, 1)
    status = federation.ended()
    assert (status["state"], status["reason"], status["round"]) == ("completed", None, 2)
    assert [(e["round"], e["replies"], e["accuracy"]) for e in status["history"]] == [
        (1, [0, 1], 0.1),
        (2, [0, 1], 0.2),
    ]
    result = json.loads((federation.folder / "result.json").read_text())
    assert result == status["result"]
    model = (federation.folder / "model.safetensors").read_bytes()
    assert result["modelSha256"] == hashlib.sha256(model).hexdigest()
    [run] = json.loads(federation.get("/runs")[1])
    assert (run["id"], run["state"], run["rounds"]) == ("ab12", "completed", 2)
    _, metrics = federation.get("/metrics")
    assert 'kubeflower_run_state{run="ab12",state="completed"} 1.0\n' in metrics
    assert 'kubeflower_rounds_finished_total{run="ab12"} 2.0\n' in metrics
    assert 'kubeflower_accuracy{run="ab12"} 0.2\n' in metrics
    lines = (federation.folder / "metrics.jsonl").read_text().splitlines()
    assert [without_details(json.loads(line)) for line in lines] == status["history"]


def test_each_round_has_the_times_and_the_cost_of_its_phases(make: Make) -> None:
    federation = make()
    federation.start_server()
    federation.start_clients(0, 1)
    history = federation.ended()["history"]
    lines = [json.loads(line) for line in federation.folder.joinpath(NAME).open()]
    assert [line["server"]["accuracy"] for line in lines] == [0.1, 0.2]
    for line, entry in zip(lines, history, strict=True):
        assert [phase["phase"] for phase in line["phases"]] == ["train", "evaluate"]
        for phase in line["phases"]:
            assert (phase["partition"], phase["good"]) == ([0, 1], [True, True])
            for moments in zip(*(phase[name] for name in MOMENTS), strict=True):
                assert list(moments) == sorted(moments)
                assert 0 <= moments[0] <= moments[-1] <= entry["seconds"]
            assert all(0 <= seconds < 60 for seconds in phase["cpu"])
            for name in ("memory", "sent_bytes", "reply_bytes"):
                assert all(0 < size < 10**9 for size in phase[name])


def test_the_same_run_gives_the_same_model(make: Make, tmp_path: Path) -> None:
    assert run(make, tmp_path / "a") == run(make, tmp_path / "b")


def test_a_completed_run_started_again_serves_its_result_and_trains_nothing(make: Make) -> None:
    first = make()
    first.start_server()
    first.start_clients(0, 1)
    before = first.ended()
    model = (first.folder / "model.safetensors").stat().st_mtime_ns
    assert first.stop_server() == 0
    first.close()
    again = make()
    again.start_server()
    status = again.ended()
    assert (status["state"], status["result"]) == ("completed", before["result"])
    assert status["history"] == before["history"]
    assert (again.folder / "model.safetensors").stat().st_mtime_ns == model


def test_it_waits_for_the_clients_that_are_missing_and_names_them(make: Make) -> None:
    federation = make()
    federation.start_server()
    federation.start_clients(1)
    status = federation.wait(lambda s: s["nodes"] == [1])
    assert (status["state"], status["waitingFor"]) == ("waiting", [0])
    assert federation.get("/readyz")[0] == 200
    assert federation.get("/healthz")[0] == 200
