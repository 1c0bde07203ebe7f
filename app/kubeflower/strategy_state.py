"""What a strategy remembers from round to round: optimiser moments, clipping norms and the like."""

from typing import Any

from flwr.app import ConfigRecord, MetricRecord
from flwr.serverapp.strategy import Strategy

from kubeflower import packing


def keep(strategy: Strategy) -> dict[str, Any]:
    """Every plain attribute by name; the same of a strategy inside it, as the DP wrappers have."""
    state: dict[str, Any] = {}
    for name, value in vars(strategy).items():
        if isinstance(value, Strategy):
            state[name] = keep(value)
        elif packing.is_plain(value):
            state[name] = value
    return state


def give_back(strategy: Strategy, state: dict[str, Any]) -> None:
    """Set what `keep` has taken."""
    for name, value in state.items():
        inner = vars(strategy).get(name)
        if isinstance(inner, Strategy):
            give_back(inner, value)
        else:
            setattr(strategy, name, value)


def copied(value: Any) -> Any:
    """The same with containers and records of its own, on the same arrays."""
    if type(value) is dict:
        return {key: copied(item) for key, item in value.items()}
    if type(value) in (list, tuple):
        return type(value)(map(copied, value))
    if isinstance(value, MetricRecord | ConfigRecord):
        return type(value)(copied(dict(value)))
    return value


def left_out(strategy: Strategy) -> list[str]:
    """Attributes that are neither plain nor callable: a resumed run has them as they were made."""
    return [
        f"{name} ({type(value).__name__})"
        for name, value in vars(strategy).items()
        if not (isinstance(value, Strategy) or callable(value) or packing.is_plain(value))
    ]
