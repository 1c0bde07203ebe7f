"""Apps as others write them run unmodified; the examples run."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tensorboardX.proto.event_pb2 import Event

from conftest import EXAMPLES, HERE, Make

HAND = {"ROUNDS": 2, "CLIENTS": 3, "MIN": 3, "REPLICAS": 3, "QUORUM": 3}


def test_an_app_laid_out_by_flwr_new_saves_its_model_where_it_stands(make: Make) -> None:
    federation = make(APP=HERE / "quickstart", **{**HAND, "ROUNDS": 3})
    federation.start_server()
    federation.start_clients(0, 1, 2)
    status = federation.ended()
    assert (status["state"], status["reason"]) == ("completed", None)
    assert [(e["round"], e["replies"]) for e in status["history"]] == [
        (number, [0, 1, 2]) for number in (1, 2, 3)
    ]
    (layer,) = np.load(federation.folder / "work" / "final_model.npz").values()
    # The model begins with ones; each round adds 0.5 and a mean of three numbers from 0 to 1.
    assert layer.shape == (2, 3)
    assert layer.min() > 2.5 and layer.max() < 5.5


def test_a_server_app_can_drive_the_grid_by_hand(make: Make) -> None:
    federation = make(APP=EXAMPLES / "custom-loop", **HAND)
    federation.start_server()
    federation.start_clients(0, 1, 2)
    status = federation.ended()
    assert (status["state"], status["reason"]) == ("completed", None)
    rounds = [(entry["round"], entry["replies"]) for entry in status["history"]]
    assert rounds == [(1, [0, 1, 2]), (2, [0, 1, 2])]
    assert status["result"]["modelSha256"] is None
    answers = json.loads((federation.folder / "work" / "answers.json").read_text())
    assert answers == {"who": [0, 1, 2], "times": [2, 2, 2]}


def by_hand(make: Make, name: str) -> dict[str, Any]:
    federation = make(
        APP=HERE / "strategies",
        **{**HAND, "ROUNDS": 3, "CLIENTS": 4, "MIN": 4, "REPLICAS": 4, "QUORUM": 4},
        RUN_CONFIG=json.dumps({"strategy": name}),
    )
    federation.start_server()
    federation.start_clients(0, 1, 2, 3)
    return federation.ended()


@pytest.mark.parametrize("name", ["steps", "own messages"])
def test_rounds_without_start_or_group_ids_are_found_by_their_messages(
    make: Make, name: str
) -> None:
    status = by_hand(make, name)
    assert (status["state"], status["reason"]) == ("completed", None)
    rounds = [(entry["round"], entry["replies"]) for entry in status["history"]]
    assert rounds == [(number, [0, 1, 2, 3]) for number in (1, 2, 3)]
    assert (status["result"]["rounds"], status["result"]["modelSha256"]) == (3, None)


def test_questions_without_any_round_count_as_one_round(make: Make) -> None:
    status = by_hand(make, "statistics")
    assert (status["state"], status["result"]["rounds"]) == ("completed", 1)
    assert [(e["round"], e["replies"]) for e in status["history"]] == [(1, [1, 2, 3])]


def test_a_server_app_that_asks_nobody_has_not_completed_a_run(make: Make) -> None:
    status = by_hand(make, "nobody")
    reason = "before round 1: the ServerApp has ended without asking any client"
    assert (status["state"], status["reason"]) == ("failed", reason)
    assert status["failure"] == {"code": "app", "interrupted": False}


def test_a_server_app_cannot_hide_that_its_training_failed(make: Make) -> None:
    status = by_hand(make, "swallowed")
    replies = "replies with such: 0, 1, 2, 3"
    reason = f"round 1: the model has NaN or infinite numbers; {replies}"
    assert (status["state"], status["reason"]) == ("failed", reason)
    model = {"code": "model", "interrupted": False, "partitions": [0, 1, 2, 3]}
    assert status["failure"] == model


def test_a_secure_aggregation_workflow_sums_masked_updates(make: Make) -> None:
    federation = make(APP=EXAMPLES / "secure-aggregation", **HAND)
    federation.start_server()
    federation.start_clients(0, 1, 2)
    status = federation.ended()
    assert (status["state"], status["reason"]) == ("completed", None)
    assert [(e["round"], e["replies"]) for e in status["history"]] == [
        (1, [0, 1, 2]),
        (2, [0, 1, 2]),
    ]
    weights = np.load(federation.folder / "work" / "weights.npy")
    # Each round adds the mean of 0, 1 and 2, which the protocol quantises.
    assert np.allclose(weights, 2.0, atol=1e-2)


def test_an_apps_own_strategy_keeps_the_best_model(make: Make) -> None:
    federation = make(APP=EXAMPLES / "custom-strategy", **HAND)
    federation.start_server()
    federation.start_clients(0, 1, 2)
    status = federation.ended()
    assert (status["state"], status["reason"]) == ("completed", None)
    best = json.loads((federation.folder / "work" / "best.json").read_text())
    assert best["round"] == len(status["history"]) > 0
    assert best["loss"] == status["history"][-1]["clients"]["loss"]
    assert np.allclose(best["weights"], [2, -3, 1], atol=0.5)


def events(folder: Path) -> Iterator[Event]:
    """Read event files as TensorBoard does: a length, the event, and a checksum after each."""
    for file in sorted(folder.glob("events.out.tfevents.*")):
        data = memoryview(file.read_bytes())
        while data:
            size = int.from_bytes(data[:8], "little")
            yield Event.FromString(bytes(data[12 : 12 + size]))
            data = data[size + 16 :]


def test_an_app_leaves_each_rounds_metrics_to_tensorboard(make: Make) -> None:
    federation = make(APP=EXAMPLES / "tensorboard", **HAND)
    federation.start_server()
    federation.start_clients(0, 1, 2)
    status = federation.ended()
    assert (status["state"], status["reason"]) == ("completed", None)
    found: dict[str, dict[int, float]] = {}
    for event in events(federation.folder / "work" / "logs"):
        for value in event.summary.value:
            if value.HasField("simple_value"):
                found.setdefault(value.tag, {})[event.step] = value.simple_value
    losses = {entry["round"]: entry["loss"] for entry in status["history"]}
    begun = found["server/loss"].pop(0)
    assert begun == pytest.approx(0.6931, abs=1e-4)
    assert found["server/loss"] == pytest.approx(losses) and losses[2] < losses[1] < begun
    accuracies = {entry["round"]: entry["clients"]["accuracy"] for entry in status["history"]}
    assert found["clients/accuracy"] == pytest.approx(accuracies)
    assert sorted(found["train/loss"]) == [1, 2]
