"""What all arms run: the app `load`, with as many floats, clients and rounds as here."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

APP = Path(__file__).parent / "load"


@dataclass(frozen=True)
class Workload:
    """Clients, 32-bit numbers in how many arrays, rounds, and whether clients evaluate."""

    name: str
    clients: int
    floats: int
    rounds: int
    evaluate: bool
    arrays: int = 1

    def config(self, times: Path) -> dict[str, Any]:
        """The app's run config."""
        return {
            "num-server-rounds": self.rounds,
            "clients": self.clients,
            "floats": self.floats,
            "arrays": self.arrays,
            "evaluate": self.evaluate,
            "times": str(times),
        }

    def json(self) -> str:
        """For a process of its own."""
        return json.dumps(asdict(self))
