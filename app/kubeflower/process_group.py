"""Start a process in its own process group, so that it and all its children end together.

Imports only small modules: the first process of a container uses it too.
"""

import contextlib
import os
import signal
import sys
import threading
import time
from collections.abc import Mapping

PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36
"""Options of prctl(2)."""
REAP_SECONDS = 5.0
"""Seconds within which killed processes are gone."""


class ProcessGroup:
    """Runs `main` of one of this package's modules as a new Python process."""

    def __init__(self, module: str, files: Mapping[int, int] | None = None) -> None:
        """Start the process.

        Args:
            module: Name of the module, without the package.
            files: Open descriptors for the new process, by their numbers there.
        """
        if os.getpid() != 1:
            _prctl(PR_SET_CHILD_SUBREAPER, 1)  # a container's first process reaps orphans anyway
        code = (
            f"from kubeflower import process_group; process_group.end_with({os.getpid()}); "
            f"from kubeflower.{module} import main; main()"
        )
        # Not os.fork: this process may have threads, and their locks would stay locked in a copy.
        self.pid = os.posix_spawn(
            sys.executable,
            [sys.executable, "-c", code],
            os.environ,
            file_actions=[(os.POSIX_SPAWN_DUP2, own, its) for its, own in (files or {}).items()],
            setsid=True,
            setsigdef=[signal.SIGPIPE],
        )
        self._lock = threading.Lock()
        self._reaped = False

    def kill(self) -> None:
        """Send SIGKILL to the group; does nothing once `wait` has returned."""
        with self._lock:
            if not self._reaped:
                os.killpg(self.pid, signal.SIGKILL)

    def kill_now(self) -> None:
        """Kill without the lock: for a signal handler that ends this process."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)

    def wait(self) -> int:
        """Wait until the process has ended, then end all that it has started.

        Reaps orphans in the meantime. Returns the exit code, or -n after signal n.
        """
        while True:
            ended = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOWAIT)
            if ended is not None and ended.si_pid == self.pid:
                break
            if ended is not None:
                os.waitpid(ended.si_pid, 0)
        self.kill()
        with self._lock:
            _, status = os.waitpid(self.pid, 0)
            self._reaped = True
        _end_children()
        return os.waitstatus_to_exitcode(status)


def end_with(parent: int) -> None:
    """Make the kernel kill this process when the process `parent` ends."""
    _prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(0)


def as_exit_code(code: int) -> int:
    """Convert what `wait` returns to an exit code: 128 + n for signal n, as shells do."""
    return code if code >= 0 else 128 - code


def _end_children() -> None:
    """Kill and reap all children that are left, in the group or not; up to REAP_SECONDS."""
    end = time.monotonic() + REAP_SECONDS
    while time.monotonic() < end:
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            return
        for pid in _children():
            os.kill(pid, signal.SIGKILL)  # the pid stays reserved until the child is reaped above
        time.sleep(0.01)


def _children() -> list[int]:
    found = []
    for name in filter(str.isdecimal, os.listdir("/proc")):
        try:
            with open(f"/proc/{name}/stat") as file:
                parent = int(file.read().rpartition(")")[2].split()[1])
        except OSError:  # the process has just ended
            continue
        if parent == os.getpid():
            found.append(int(name))
    return found


def _prctl(option: int, value: int) -> None:
    import ctypes  # takes a megabyte, which a container's first process saves

    ctypes.CDLL(None).prctl(option, value, 0, 0, 0)
