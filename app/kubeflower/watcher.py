"""kubeflower-server: watches the process that is the server, and outlives it to say how it ended.

Small and without threads or foreign packages: it is there for the moment when memory is short.
"""

import errno
import os
import signal
import sys

from kubeflower import cgroup
from kubeflower.process_group import Room, as_exit_code


def main() -> None:
    """Entry point; ends with the server's exit code, with 12 (ENOMEM) when it was out of memory.

    SIGTERM ends the server and all it has started at once, with exit code 0.
    """
    before = cgroup.memory_kills()
    room: Room | None = None

    def end(*_: object) -> None:
        if room is not None:
            room.kill_now()
        os._exit(0)

    # A first process of a container that has no handler does not end by the signal.
    signal.signal(signal.SIGTERM, end)
    room = Room("server")
    code = room.wait()
    sys.exit(exit_code("server", code, cgroup.memory_kills() > before))


def exit_code(role: str, code: int, out_of_memory: bool) -> int:
    """The container's exit code after its main process ended with `code`; says what it was."""
    if code == -signal.SIGKILL and out_of_memory:
        limit = cgroup.memory_limit()
        most = "there is" if limit is None else f"its limit of {cgroup.quantity(limit)}"
        print(f"out of memory: the {role} needs more than {most}", flush=True)
        return errno.ENOMEM
    return as_exit_code(code)
