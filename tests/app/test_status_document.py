"""The document of /status: kubeflower/status_document.py."""

from kubeflower.status_document import refused, status_document


def test_a_run_without_rounds_has_all_keys() -> None:
    assert status_document("ab12", "waiting", rounds=3, nodes=[1], waiting_for=[0]) == {
        "run": "ab12",
        "state": "waiting",
        "reason": None,
        "failure": None,
        "warning": None,
        "round": 0,
        "rounds": 3,
        "nodes": [1],
        "waitingFor": [0],
        "clients": [],
        "elapsed": None,
        "history": [],
        "result": None,
        "policies": "unknown",
        "unknownKey": False,
    }


def test_invalid_settings_are_a_failed_run_with_the_same_keys() -> None:
    document = refused("ab12", "KUBEFLOWER_SEED is ''")
    assert document.keys() == status_document("ab12", "waiting").keys()
    assert (document["state"], document["reason"]) == ("failed", "KUBEFLOWER_SEED is ''")
    assert document["failure"] == {"code": "settings", "interrupted": False}
