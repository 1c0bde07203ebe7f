"""The rounds of one Strategy.start that an earlier server process has finished."""

from dataclasses import dataclass, field
from typing import Any

from flwr.app import ConfigRecord
from flwr.serverapp.strategy import Result


@dataclass
class FinishedRounds:
    """The finished rounds; none for a Strategy.start that is new."""

    count: int = 0
    """Number of finished rounds."""
    result: Result = field(default_factory=Result)
    """Its model and metrics so far."""
    strategy: dict[str, Any] | None = None
    """The strategy's state after the last of these rounds, see strategy_state.py."""
    configs: dict[str, ConfigRecord] = field(default_factory=dict)
    """The config of the last round's phases `train` and `evaluate`, as the strategy left it."""
