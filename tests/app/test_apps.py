"""Apps by others' conventions run unmodified."""

import json

import numpy as np

from conftest import HERE, Make

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
    # Of ones, each round adds a mean of three numbers from 0 to 1.
    assert layer.shape == (2, 3)
    assert layer.min() > 1 and layer.max() < 4


def test_a_server_app_can_drive_the_grid_by_hand(make: Make) -> None:
    federation = make(APP=HERE / "byhand", **HAND)
    federation.start_server()
    federation.start_clients(0, 1, 2)
    status = federation.ended()
    assert (status["state"], status["reason"]) == ("completed", None)
    rounds = [(entry["round"], entry["replies"]) for entry in status["history"]]
    assert rounds == [(1, [0, 1, 2]), (2, [0, 1, 2])]
    assert status["result"]["modelSha256"] is None
    answers = json.loads((federation.folder / "work" / "answers.json").read_text())
    assert answers == {"who": [0, 1, 2], "times": [2, 2, 2]}


def test_a_secure_aggregation_workflow_sums_what_no_client_shows(make: Make) -> None:
    federation = make(APP=HERE / "secagg", **HAND)
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
