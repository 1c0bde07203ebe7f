"""The settings of a run, as both languages write them: kubeflower/run_spec.py."""

import json
from dataclasses import asdict
from typing import Any

import pytest

from federation import EXAMPLE
from kubeflower.run_spec import parse

DOCUMENT: dict[str, Any] = json.loads(EXAMPLE.read_text())


def test_the_stacks_document_is_read_key_by_key() -> None:
    spec = parse(EXAMPLE.read_text())
    assert list(DOCUMENT.values()) == list(asdict(spec).values())
    assert (spec.rounds, spec.round_timeout, spec.run_config) == (5, 600, {})


def test_a_round_can_spare_what_its_quorum_leaves() -> None:
    spec = parse(json.dumps({**DOCUMENT, "min": 3, "replicas": 3, "clients": 3, "quorum": 2}))
    assert (spec.spare, spec.needed(3), spec.needed(1)) == (1, 2, 1)


@pytest.mark.parametrize(
    ("own", "wrong"),
    [
        ({"rounds": 0}, "KUBEFLOWER_RUN_SPEC.rounds is 0 — allowed: 1 or more"),
        ({"rounds": True}, "KUBEFLOWER_RUN_SPEC.rounds is True — allowed: a whole number"),
        ({"rounds": 2.5}, "KUBEFLOWER_RUN_SPEC.rounds is 2.5 — allowed: a whole number"),
        ({"rounds": None}, "KUBEFLOWER_RUN_SPEC.rounds is not set — allowed: a whole number"),
        ({"clients": 3}, "KUBEFLOWER_RUN_SPEC.clients is 3 — allowed: 1 to 2"),
        ({"min": 3}, "KUBEFLOWER_RUN_SPEC.min is 3 — allowed: 1 to 2"),
        ({"seed": -1}, "KUBEFLOWER_RUN_SPEC.seed is -1 — allowed: 0 or more"),
        ({"roundTimeout": 0}, "KUBEFLOWER_RUN_SPEC.roundTimeout is 0 — allowed: 1 or more"),
        ({"runConfig": []}, "KUBEFLOWER_RUN_SPEC.runConfig is [] — allowed: a JSON object"),
    ],
)
def test_a_wrong_value_is_refused_with_what_is_allowed(own: dict[str, Any], wrong: str) -> None:
    with pytest.raises(ValueError) as refusal:
        parse(json.dumps({**DOCUMENT, **own}))
    assert str(refusal.value) == f"{wrong} — correct the stack's configuration"


@pytest.mark.parametrize("text", [None, "", "[1]", "{"])
def test_anything_but_an_object_is_refused(text: str | None) -> None:
    with pytest.raises(ValueError, match=r"KUBEFLOWER_RUN_SPEC is .* — allowed: a JSON object — "):
        parse(text)


def test_a_key_of_a_newer_stack_is_refused_by_name() -> None:
    with pytest.raises(ValueError) as refusal:
        parse(json.dumps({**DOCUMENT, "warmup": 1}))
    assert str(refusal.value) == (
        "KUBEFLOWER_RUN_SPEC has warmup, unknown to this image's engine — allowed: "
        f"{', '.join(DOCUMENT)} — use an image of the stack's version: pulumi config rm image"
    )
