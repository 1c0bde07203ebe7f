"""The workload of a job: an app, its clients and its rounds."""

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
    """Folder of the app, relative to the project's."""
    clients: int
    rounds: int
    floats: int = 0
    """32-bit numbers of the model; this and the fields below are for the app `load` only."""
    arrays: int = 1
    evaluate: bool = True
    pause: float = 0.0
    """Seconds that each training takes."""
    kill: bool = False
    """Kill a client in the first training, and measure when the server has noticed."""

    @property
    def folder(self) -> Path:
        """Absolute folder of the app."""
        return SOURCES / self.app

    @property
    def metered(self) -> bool:
        """Whether the app measures itself and writes what its rounds use."""
        return self.floats > 0

    def config(self, times: Path) -> dict[str, Any]:
        """Return the app's run config."""
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
        """Write the workload as JSON, for another process."""
        return json.dumps(asdict(self))
