"""A process in a group of its own with everything it starts: all of it ends together.

Imports nothing but what a small first process of a container can afford.
"""

import contextlib
import os
import signal
import sys
import threading
import time
from collections.abc import Mapping

PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36
EMPTYING = 5.0
"""Seconds within which killed processes are gone."""


class Room:
    """Runs `main` of a module of this package as a new Python process."""

    def __init__(self, module: str, files: Mapping[int, int] | None = None) -> None:
        """`files`: descriptors that the process gets, by the number it knows them by."""
        if os.getpid() != 1:
            _prctl(PR_SET_CHILD_SUBREAPER, 1)  # the first process of a container is one already
        code = (
            f"from kubeflower import process_group; process_group.bind({os.getpid()}); "
            f"from kubeflower.{module} import main; main()"
        )
        # Not os.fork: this process may have threads, and what they hold would be held for ever.
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
        """SIGKILL to the group; nothing once `wait` has returned."""
        with self._lock:
            if not self._reaped:
                os.killpg(self.pid, signal.SIGKILL)

    def kill_now(self) -> None:
        """As `kill`, for a signal handler that ends this process: the lock may be held."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)

    def wait(self) -> int:
        """Wait for the process to end, by itself or by `kill`, and end all that it has started.

        Returns its exit code, or -n after signal n. Also reaps orphans meanwhile.
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


def bind(parent: int) -> None:
    """Have the kernel end this process when its parent ends."""
    _prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(0)


def as_exit_code(code: int) -> int:
    """The code by which a process tells of another's end: 128 + n for signal n, as shells do."""
    return code if code >= 0 else 128 - code


def _end_children() -> None:
    """End what the process has left behind, in its group or not; up to EMPTYING seconds."""
    end = time.monotonic() + EMPTYING
    while time.monotonic() < end:
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            return
        for pid in _children():
            os.kill(pid, signal.SIGKILL)  # its number is kept until it is reaped above
        time.sleep(0.01)


def _children() -> list[int]:
    found = []
    for name in filter(str.isdecimal, os.listdir("/proc")):
        try:
            with open(f"/proc/{name}/stat") as file:
                parent = int(file.read().rpartition(")")[2].split()[1])
        except OSError:  # it has just ended
            continue
        if parent == os.getpid():
            found.append(int(name))
    return found


def _prctl(option: int, value: int) -> None:
    import ctypes  # a megabyte, which a container's first process does without

    ctypes.CDLL(None).prctl(option, value, 0, 0, 0)
