"""The settings of a run, which the stack hands over as one JSON document."""

import json
import re
from dataclasses import Field, dataclass, field, fields
from typing import Any

VARIABLE = "KUBEFLOWER_RUN_SPEC"
"""The environment variable that holds the document."""


def whole(least: int, most: str | None = None) -> Any:
    """Declare a whole number from `least` to the value of the field `most`; None: no limit."""
    return field(metadata={"least": least, "most": most})


def choice(*allowed: str) -> Any:
    """Declare a text that is one of those allowed."""
    return field(metadata={"allowed": allowed})


@dataclass(frozen=True, kw_only=True)
class RunSpec:
    """The document's keys, in snake case. The stack's table of settings explains each."""

    rounds: int = whole(1)
    """Rounds of the run."""
    clients: int = whole(1, "min")
    """Clients that are asked in each round."""
    min: int = whole(1, "replicas")
    """Clients that must be connected before a round begins."""
    replicas: int = whole(1)
    """Client pods, and partitions of the data."""
    quorum: int = whole(1, "clients")
    """Good replies that a phase of a round needs."""
    seed: int = whole(0)
    """Random seed of sampling, partitions and training."""
    arithmetic: str = choice("portable", "native")
    """Instructions that torch and numpy use, see arithmetic.py."""
    round_timeout: int = whole(1)
    """Seconds that a round may take."""
    run_config: dict[str, Any]
    """Flower run config over the app's own."""

    @property
    def spare(self) -> int:
        """Clients that a round can do without."""
        return self.clients - self.quorum

    def needed(self, asked: int) -> int:
        """Return the good replies that a phase needs when so many clients are asked."""
        return self.quorum if self.quorum < asked else asked


def parse(text: str | None) -> RunSpec:
    """Read the value of the environment variable.

    Raises:
        ValueError: a key is missing, unknown or wrong; the text is the sentence for users.
    """
    document = _object(text)
    known = {_key(item.name): item for item in fields(RunSpec)}
    unknown = ", ".join(sorted(set(document) - set(known)))
    if unknown:
        raise ValueError(
            f"{VARIABLE} has {unknown}, unknown to this image's engine — allowed: "
            f"{', '.join(known)} — use an image of the stack's version: pulumi config rm image"
        )
    values: dict[str, Any] = {item.name: document.get(key) for key, item in known.items()}
    spec = RunSpec(**values)
    for key, item in known.items():
        _check(f"{VARIABLE}.{key}", item, spec)
    return spec


def document(spec: RunSpec) -> dict[str, Any]:
    """Return the document that `parse` reads."""
    return {_key(item.name): getattr(spec, item.name) for item in fields(RunSpec)}


def _object(text: str | None) -> dict[str, Any]:
    try:
        value = json.loads(text or "")
    except json.JSONDecodeError:
        value = None
    if not isinstance(value, dict):
        raise ValueError(_wrong(VARIABLE, text, "a JSON object"))
    return value


def _key(name: str) -> str:
    """Return the document's key of a field: round_timeout is roundTimeout."""
    return re.sub("_(.)", lambda found: found[1].upper(), name)


def _check(path: str, item: "Field[Any]", spec: RunSpec) -> None:
    value = getattr(spec, item.name)
    if "allowed" in item.metadata:
        if value not in item.metadata["allowed"]:
            raise ValueError(_wrong(path, value, " or ".join(item.metadata["allowed"])))
        return
    if "least" not in item.metadata:
        if not isinstance(value, dict):
            raise ValueError(_wrong(path, value, "a JSON object"))
        return
    least, most = item.metadata["least"], item.metadata["most"]
    if not isinstance(value, int) or isinstance(value, bool):
        raise ValueError(_wrong(path, value, "a whole number"))
    limit = None if most is None else getattr(spec, most)
    # A limit that is no number has its own error.
    if value < least or (isinstance(limit, int) and value > limit):
        allowed = f"{least} or more" if limit is None else f"{least} to {limit}"
        raise ValueError(_wrong(path, value, allowed))


def _wrong(path: str, value: Any, allowed: str) -> str:
    shown = "not set" if value is None else repr(value)
    return f"{path} is {shown} — allowed: {allowed} — correct the stack's configuration"
