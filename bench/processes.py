"""Processes of one arm: started, watched for memory, ended with all their children."""

import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

PAGE = os.sysconf("SC_PAGE_SIZE")
PR_SET_CHILD_SUBREAPER = 36


class Processes:
    """The processes by role; a process counts with all its children."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.roles: dict[str, list[subprocess.Popen[bytes]]] = {}
        self.peak: dict[str, int] = {}
        """Peak of resident bytes of one process and its children, by role."""
        self._over = threading.Event()
        self._watch = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> "Processes":
        # Orphans become children of this process, so that all can be killed.
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
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
        while left := _below(os.getpid(), _children()):
            for pid in left:
                kill(pid)
            with contextlib.suppress(ChildProcessError):
                while os.waitpid(-1, os.WNOHANG)[0]:
                    pass
            time.sleep(0.02)

    def start(self, role: str, *command: str, **env: str) -> subprocess.Popen[bytes]:
        """Start a command; its output goes to the role's log file."""
        log = (self.folder / f"{role}.log").open("ab")
        process = subprocess.Popen(
            command, cwd=self.folder, env={**os.environ, **env}, stdout=log, stderr=log
        )
        self.roles.setdefault(role, []).append(process)
        return process

    def alive(self, role: str) -> bool:
        """Return whether all processes of the role run."""
        return all(p.poll() is None for p in self.roles[role])

    def kill_last(self, role: str) -> float:
        """Kill the role's last process and its children; returns when, in monotonic seconds."""
        leader = self.roles[role][-1].pid
        now = time.monotonic()
        for pid in [leader, *_below(leader, _children())]:
            kill(pid)
        return now

    def log(self, role: str) -> str:
        """Return what the role has printed so far."""
        return (self.folder / f"{role}.log").read_text(errors="replace")

    def until(self, done: Callable[[], object], role: str, seconds: float) -> float:
        """Wait until `done` returns something true; returns when, in monotonic seconds.

        Raises:
            RuntimeError: the role has ended before, or took longer than `seconds`.
        """
        end = time.monotonic() + seconds
        while not done():
            alive = self.alive(role)
            if time.monotonic() > end or not (alive or done()):
                text = self.log(role)[-2000:]
                how = f"did not finish within {seconds:.0f} s" if alive else "ended early"
                raise RuntimeError(f"{role} {how}:\n{text}")
            time.sleep(0.01)
        return time.monotonic()

    def _look(self) -> None:
        while not self._over.wait(0.25):
            children = _children()
            for role, leaders in list(self.roles.items()):
                for leader in leaders:
                    family = [leader.pid, *_below(leader.pid, children)]
                    now = max(sum(map(_resident, family)), _peak(leader.pid))
                    self.peak[role] = max(self.peak.get(role, 0), now)


def kill(pid: int) -> None:
    """Kill a process, unless it has just ended."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def _children() -> dict[int, list[int]]:
    """List all processes by parent."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            with contextlib.suppress(OSError):  # the process has just ended
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
                children.setdefault(int(fields[1]), []).append(int(entry.name))
    return children


def _below(root: int, children: dict[int, list[int]]) -> list[int]:
    """List all direct and indirect children of a process."""
    found: list[int] = []
    generation = [root]
    while generation:
        generation = [child for pid in generation for child in children.get(pid, [])]
        found += generation
    return found


def _peak(pid: int) -> int:
    """Return the process's peak of resident bytes so far; 0 if it has just ended."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    return 0


def _resident(pid: int) -> int:
    """Return the process's resident bytes; 0 if it has just ended."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE
    except OSError:
        return 0


def listening(port: int, seconds: float = 60) -> None:
    """Wait until something listens on a port of loopback."""
    end = time.monotonic() + seconds
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            if time.monotonic() > end:
                raise RuntimeError(f"nothing listens on {port} after {seconds:.0f} s") from None
            time.sleep(0.1)
