"""Processes of one arm: started, watched for memory and CPU, ended together."""

import contextlib
import os
import signal
import socket
import subprocess
import threading
import time
from pathlib import Path
from types import TracebackType

TICK = os.sysconf("SC_CLK_TCK")


def free_port() -> int:
    """A port of loopback that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Processes:
    """Started with `start`; each with all its children is one role's."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.roles: dict[str, list[subprocess.Popen[bytes]]] = {}
        self.peak: dict[str, int] = {}
        self.cpu: dict[int, float] = {}
        self._over = threading.Event()
        self._watch = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> "Processes":
        self._watch.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._over.set()
        self._watch.join()
        for process in [p for processes in self.roles.values() for p in processes]:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait(10)

    def start(self, role: str, *command: str, **env: str) -> subprocess.Popen[bytes]:
        """Start a command in a session of its own; what it prints goes to the role's file."""
        log = (self.folder / f"{role}.log").open("ab")
        process = subprocess.Popen(
            command,
            cwd=self.folder,
            env={**os.environ, **env},
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        self.roles.setdefault(role, []).append(process)
        return process

    def alive(self, role: str) -> bool:
        """Whether all processes of the role run."""
        return all(p.poll() is None for p in self.roles[role])

    def cpu_seconds(self) -> float:
        """CPU time of all processes so far, as seen every quarter of a second."""
        return sum(self.cpu.values())

    def _look(self) -> None:
        while not self._over.wait(0.25):
            groups = _groups()
            for role, processes in list(self.roles.items()):
                for leader in processes:
                    now = 0
                    for pid in groups.get(leader.pid, []):
                        memory, cpu = _usage(pid)
                        now += memory
                        if cpu:
                            self.cpu[pid] = cpu
                    self.peak[role] = max(self.peak.get(role, 0), now)


def _groups() -> dict[int, list[int]]:
    """Processes by session: what a leader starts stays in its session, whatever group it makes."""
    groups: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue  # it has just ended
            groups.setdefault(int(fields[3]), []).append(int(entry.name))
    return groups


def _usage(pid: int) -> tuple[int, float]:
    """(resident bytes, CPU seconds); zeros when the process has just ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0, 0.0
    return int(fields[21]) * os.sysconf("SC_PAGE_SIZE"), (int(fields[11]) + int(fields[12])) / TICK


def listening(port: int, seconds: float = 60) -> None:
    """Returns once something listens on the port of loopback."""
    end = time.monotonic() + seconds
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            if time.monotonic() > end:
                raise RuntimeError(f"nothing listens on {port} after {seconds:.0f} s") from None
            time.sleep(0.1)


def wait_for(path: Path, processes: Processes, role: str, seconds: float) -> None:
    """Returns once the file is there.

    Raises:
        RuntimeError: with the role's last lines, when it ended or took longer.
    """
    end = time.monotonic() + seconds
    while not path.exists():
        if time.monotonic() > end or not processes.alive(role):
            text = (processes.folder / f"{role}.log").read_text(errors="replace")
            raise RuntimeError(f"{role} did not finish within {seconds:.0f} s:\n{text[-2000:]}")
        time.sleep(0.05)
