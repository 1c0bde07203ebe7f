"""Metrics that are no numbers (NaN, infinities, lists) or have odd names, in a whole run."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from conftest import Make
from federation import Federation, held
from kubeflower import metrics
from kubeflower.history import DETAILS
from kubeflower.metrics import Measured
from kubeflower.status_document import status_document

ODD: dict[str, Any] = {"odd-metrics": True}
CLIENTS = {
    "eval loss/per class": [0.5, "NaN", "Infinity"],
    "run": 1.0,
    "lowest": "-Infinity",
    "most": float(2**63),
}


def strict(text: str) -> Any:
    """Parse JSON as strictly as other readers do."""
    return json.loads(text, parse_constant=pytest.fail)


def started(federation: Federation) -> Federation:
    federation.start_server()
    federation.start_clients(0, 1)
    return federation


def test_metrics_that_are_no_numbers_are_valid_json_everywhere(make: Make) -> None:
    federation = started(make(RUN_CONFIG=json.dumps(ODD)))
    assert federation.ended()["state"] == "completed"
    status = strict(federation.get("/status")[1])
    assert (status["reason"], status["failure"]) == (None, None)
    history = [(entry["loss"], entry["accuracy"]) for entry in status["history"]]
    assert history == [("NaN", 0.1), ("-Infinity", 0.2)]
    for entry in status["history"]:
        clients = dict(entry["clients"])
        assert isinstance(clients.pop("loss"), float)
        assert clients == CLIENTS
    assert status["result"]["loss"] == "-Infinity"
    assert strict((federation.folder / "result.json").read_text()) == status["result"]
    lines = (federation.folder / "metrics.jsonl").read_text().splitlines()
    parsed = [strict(line) for line in lines]
    assert [{k: v for k, v in p.items() if k not in DETAILS} for p in parsed] == status["history"]
    assert [line["server"]["huge"] for line in parsed] == ["Infinity", "Infinity"]
    partitions = strict((federation.folder / "partitions.json").read_text())
    assert partitions == {k: {"share": "NaN", "key": "AAE="} for k in ("0", "1")}
    assert 'kubeflower_loss{run="ab12"} -Inf\n' in federation.get("/metrics")[1]
    assert federation.stop_server() == 0
    federation.start_server()
    federation.ended()
    assert strict(federation.get("/status")[1])["history"] == status["history"]
    assert 'kubeflower_loss{run="ab12"} -Inf\n' in federation.get("/metrics")[1]


def test_a_resumed_run_has_the_same_metrics(
    make: Make, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    broken = started(make(tmp_path / "broken", RUN_CONFIG=held(tmp_path / "broken", **ODD)))
    broken.open_rounds(1)
    broken.kill_server_after(1)
    broken.open_rounds(2)
    broken.start_server()
    status = broken.ended()
    assert "goes on after round 1\n" in capfd.readouterr().out
    wanted = started(make(tmp_path / "calm", RUN_CONFIG=json.dumps(ODD))).ended()
    assert status["result"]["modelSha256"] == wanted["result"]["modelSha256"]
    for entry in [*status["history"], *wanted["history"]]:
        del entry["seconds"]
    assert status["history"] == wanted["history"]


def test_an_app_with_a_thousand_metrics_has_fifty_of_each_source_in_prometheus() -> None:
    many: dict[str, Any] = {f"m{k:03}": float(k) for k in range(1000)}
    clients = {"words": "no number", "list": [1.0], **many}
    entry = {"round": 1, "seconds": 2.0, "replies": [0], "failures": [], "clients": clients}
    status = status_document("ab12", "running", rounds=2, round=1, history=[entry])
    text = metrics.render(lambda: status, lambda: Measured(1, 2, 4, 3, many)).decode()
    series = [line for line in text.splitlines() if line.startswith("kubeflower_app_metric{")]
    assert series == [
        f'kubeflower_app_metric{{metric="m{k:03}",run="ab12",source="{source}"}} {k}.0'
        for source in ("server", "clients")
        for k in range(50)
    ]
    assert 'kubeflower_volume_available_bytes{run="ab12"} 3.0\n' in text
    assert 'kubeflower_sent_bytes_total{run="ab12"} 1.0\n' in text


def test_a_recalled_run_has_the_central_metrics_of_its_last_round(make: Make) -> None:
    federation = started(make(RUN_CONFIG=json.dumps(ODD)))
    federation.ended()
    federation.stop_server()
    federation.start_server()
    federation.ended()
    wanted = 'kubeflower_app_metric{metric="huge",run="ab12",source="server"} +Inf\n'
    assert wanted in federation.get("/metrics")[1]


def test_the_bytes_of_all_messages_are_counted(make: Make) -> None:
    federation = started(make())
    federation.ended()
    lines = [json.loads(line) for line in (federation.folder / "metrics.jsonl").open()]
    phases = [phase for line in lines for phase in line["phases"]]
    text = federation.get("/metrics")[1]
    for name, column in (("sent", "sent_bytes"), ("received", "reply_bytes")):
        [counted] = re.findall(rf"^kubeflower_{name}_bytes_total\S+ (\S+)$", text, re.MULTILINE)
        messages = sum(sum(phase[column]) for phase in phases)
        # HELLO, states, costs and the frames' heads are more, but not much.
        assert messages < float(counted) < messages + 20_000 * len(phases)
