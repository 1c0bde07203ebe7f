"""What an arm is to the bench."""

from pathlib import Path

from processes import Processes
from workload import Workload


class Arm:
    """An engine that runs one workload with processes of its own, its clients of role `client`."""

    role = "server"
    """The one that says when a round begins, and ends no sooner than the run."""
    settled = 1.0
    """Seconds from there until all clients train."""

    def __init__(self, work: Workload, folder: Path, processes: Processes) -> None:
        self.work, self.folder, self.processes = work, folder, processes

    def start(self, times: Path) -> None:
        """Start all; the app writes `times` at its end."""
        raise NotImplementedError

    def knows(self) -> bool:
        """Whether the server has noticed that the last client is gone."""
        raise NotImplementedError
