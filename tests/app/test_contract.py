"""The documents that both languages read: contract/examples."""

import json
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from flwr.app import Message, RecordDict

from federation import EXAMPLE
from kubeflower import flower_internals as internals
from kubeflower import settings
from kubeflower.history import DETAILS, History
from kubeflower.kept_runs import kept_runs
from kubeflower.pending_message import PendingMessage
from kubeflower.phase_times import PhaseTimes
from kubeflower.run_failure import RunFailed
from kubeflower.run_folder import RunFolder
from kubeflower.run_record import run_record
from kubeflower.status_document import POLICIES, STATES, status_document

EXAMPLES = EXAMPLE.parent
NAMES = ("status", "status-waiting", "status-completed", "status-failed")


def example(name: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((EXAMPLES / f"{name}.json").read_text())
    return document


@pytest.mark.parametrize("name", NAMES)
def test_an_example_is_what_the_server_makes_of_its_values(name: str) -> None:
    document = example(name)
    assert document["state"] in STATES
    made = status_document(
        document["run"],
        document["state"],
        reason=document["reason"],
        failure=document["failure"],
        warning=document["warning"],
        round=document["round"],
        rounds=document["rounds"],
        nodes=document["nodes"],
        waiting_for=document["waitingFor"],
        clients=document["clients"],
        elapsed=document["elapsed"],
        history=document["history"],
        result=document["result"],
        policies=document["policies"],
        unknown_key=document["unknownKey"],
    )
    assert document["policies"] in POLICIES
    assert made == document
    assert list(made) == list(document)


def test_the_examples_failure_is_written_as_the_server_writes_one() -> None:
    failure = example("status-failed")["failure"]
    facts = {key: value for key, value in failure.items() if key not in ("code", "interrupted")}
    assert RunFailed("", failure["code"], **facts).document() == failure


def test_the_list_of_runs_has_the_keys_of_its_example(tmp_path: Path) -> None:
    (tmp_path / "runs" / "ab12").mkdir(parents=True)
    [run] = kept_runs(tmp_path)
    assert [list(one) for one in json.loads((EXAMPLES / "runs.json").read_text())] == [list(run)]


def test_a_line_of_the_metrics_has_the_keys_of_the_contract(tmp_path: Path) -> None:
    line = example("round")
    internals.set_task_identity(1, 0)
    pending = PendingMessage(Message(RecordDict(), 1, "train"), 0, 20.0)
    times = PhaseTimes()
    times.add([pending])
    history = History(RunFolder(str(tmp_path), "ab12"))
    history.folder.make()
    entry = {key: line[key] for key in line if key not in DETAILS}
    history.add(entry, {"server": line["server"], "phases": times.document(0.0)})
    [made] = history.folder.read_lines("metrics.jsonl")
    assert set(made) == set(line)
    assert set(made["phases"][0]) == set(line["phases"][0])


def test_the_packages_that_the_preview_knows_are_the_image_s() -> None:
    known = json.loads((EXAMPLES.parent / "imagePackages.json").read_text())
    # Debian's versions have suffixes. Its torchvision is only installed for apps that need it.
    there = {name: version(name).partition("+")[0] for name in known if name != "torchvision"}
    assert there == {name: known[name] for name in there}


def test_a_record_has_the_keys_of_its_example(tmp_path: Path) -> None:
    document = example("record")
    env = {
        "KUBEFLOWER_RUN": document["run"],
        "KUBEFLOWER_RUN_SPEC": json.dumps(document["spec"]),
        "KUBEFLOWER_ORIGIN": json.dumps(document["origin"]),
        "KUBEFLOWER_IMAGE": document["image"],
        "KUBEFLOWER_APP": str(Path(__file__).parent / "tiny"),
    }
    made = run_record(settings.from_environment(env))
    assert list(made) == list(document)
    kept = ("schema_version", "run", "spec", "origin", "image")
    assert {key: made[key] for key in kept} == {key: document[key] for key in kept}
