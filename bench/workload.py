"""What an arm is to run: the app `load` with so many clients, floats and rounds, or another app."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

SOURCES = Path(__file__).parents[1]


@dataclass(frozen=True)
class Workload:
    """A job of bench/plan.ts, without its arm."""

    workload: str
    app: str
    """The app's folder, from the project's."""
    clients: int
    rounds: int
    floats: int = 0
    """32-bit numbers of the model; like the rest below, for the app `load` alone."""
    arrays: int = 1
    evaluate: bool = True
    pause: float = 0.0
    """Seconds of each training."""
    kill: bool = False
    """Kill a client in the first training, and measure when the server knows."""

    @property
    def folder(self) -> Path:
        """The app's folder."""
        return SOURCES / self.app

    @property
    def metered(self) -> bool:
        """Whether the app itself writes what its rounds use."""
        return self.floats > 0

    def config(self, times: Path) -> dict[str, Any]:
        """The app's run config."""
        every = {"num-server-rounds": self.rounds, "clients": self.clients}
        if not self.metered:
            return every
        return {
            **every,
            "floats": self.floats,
            "arrays": self.arrays,
            "evaluate": self.evaluate,
            "pause": self.pause,
            "times": str(times),
        }

    def json(self) -> str:
        """For a process of its own."""
        return json.dumps(asdict(self))
