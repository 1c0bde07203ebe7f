"""The interface of an engine that the bench compares (an arm)."""

from pathlib import Path

from processes import Processes
from workload import Workload


class Arm:
    """Runs one workload with the processes of an engine; its clients have the role `client`."""

    role = "server"
    """Role of the process that prints when a round begins, and that outlives the run."""
    settled = 1.0
    """Seconds from the beginning of a round until all clients train."""

    def __init__(self, work: Workload, folder: Path, processes: Processes) -> None:
        self.work = work
        self.folder = folder
        self.processes = processes

    def start(self, times: Path) -> None:
        """Start all processes; the app writes the file `times` at its end."""
        raise NotImplementedError

    def knows(self) -> bool:
        """Return whether the server has noticed that the last client is gone."""
        raise NotImplementedError
