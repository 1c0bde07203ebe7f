"""Save and restore what a strategy remembers between rounds, e.g. optimiser moments."""

from typing import Any

from flwr.app import ConfigRecord, MetricRecord
from flwr.serverapp.strategy import Strategy

from kubeflower import packing


def save(strategy: Strategy) -> dict[str, Any]:
    """Return all plain attributes by name, also those of a wrapped strategy (as of DP wrappers)."""
    state: dict[str, Any] = {}
    for name, value in vars(strategy).items():
        if isinstance(value, Strategy):
            state[name] = save(value)
        elif packing.is_plain(value):
            state[name] = value
    return state


def restore(strategy: Strategy, state: dict[str, Any]) -> None:
    """Set the attributes that `save` has returned."""
    for name, value in state.items():
        inner = vars(strategy).get(name)
        if isinstance(inner, Strategy):
            restore(inner, value)
        else:
            setattr(strategy, name, value)


def copied(value: Any) -> Any:
    """Copy containers and records of a state; arrays are shared."""
    if type(value) is dict:
        return {key: copied(item) for key, item in value.items()}
    if type(value) in (list, tuple):
        return type(value)(map(copied, value))
    if isinstance(value, MetricRecord | ConfigRecord):
        return type(value)(copied(dict(value)))
    return value


def left_out(strategy: Strategy) -> list[str]:
    """List attributes that `save` leaves out: a resumed run has their initial values."""
    return [
        f"{name} ({type(value).__name__})"
        for name, value in vars(strategy).items()
        if not (isinstance(value, Strategy) or callable(value) or packing.is_plain(value))
    ]
