"""The JSON document of /status."""

from collections.abc import Sequence
from typing import Any

STATES = ("waiting", "running", "completed", "failed")
"""The states of a run. waiting: for clients, before the first round."""

POLICIES = ("enforced", "not enforced", "unknown")
"""Verdicts on the cluster's NetworkPolicies, see policy_probe.py. unknown: no client has tried."""


def status_document(
    run: str,
    state: str,
    *,
    reason: str | None = None,
    failure: dict[str, Any] | None = None,
    warning: str | None = None,
    round: int = 0,
    rounds: int = 0,
    nodes: Sequence[int] = (),
    waiting_for: Sequence[int] = (),
    clients: Sequence[dict[str, Any]] = (),
    elapsed: float | None = None,
    history: Sequence[dict[str, Any]] = (),
    result: dict[str, Any] | None = None,
    policies: str = "unknown",
    unknown_key: bool = False,
) -> dict[str, Any]:
    """Make the document.

    Args:
        run: The run's id.
        state: One of STATES.
        reason: Why the run has failed, for users.
        failure: The failure as RunFailed.document describes it.
        warning: What users should know of a run that goes on.
        round: The newest round, from 1; 0 before the first.
        rounds: Rounds that the run is to have.
        nodes: Partitions that are connected, in order.
        waiting_for: Partitions that are missing, while the state is `waiting`.
        clients: What each partition does, see StreamGrid.activity.
        elapsed: Seconds since the round in progress began; None if there is none.
        history: An entry for each finished round.
        result: The content of result.json once the run is completed.
        policies: One of POLICIES.
        unknown_key: Whether a client is refused whose token has a key that the server does not
            know.
    """
    return {
        "run": run,
        "state": state,
        "reason": reason,
        "failure": failure,
        "warning": warning,
        "round": round,
        "rounds": rounds,
        "nodes": list(nodes),
        "waitingFor": list(waiting_for),
        "clients": list(clients),
        "elapsed": elapsed,
        "history": list(history),
        "result": result,
        "policies": policies,
        "unknownKey": unknown_key,
    }


def refused(run: str, reason: str) -> dict[str, Any]:
    """Make the document of a run that cannot begin because its settings are invalid."""
    failure = {"code": "settings", "interrupted": False}
    return status_document(run, "failed", reason=reason, failure=failure)
