"""kubeflower-server: starts the server's main process, and says how it has ended.

Stays small, without threads and without packages of others: it must work when memory is short.
"""

import errno
import os
import signal
import sys

from kubeflower import arithmetic, cgroup
from kubeflower.process_group import ProcessGroup, as_exit_code


def main() -> None:
    """Run the server; exit with its exit code, or 12 (ENOMEM) if it ran out of memory.

    SIGTERM ends the server and all its children at once, with exit code 0.
    """
    kills_before = cgroup.memory_kills()
    group: ProcessGroup | None = None

    def end(*_: object) -> None:
        if group is not None:
            group.kill_now()
        os._exit(0)

    # Without a handler SIGTERM has no effect on the first process of a container.
    signal.signal(signal.SIGTERM, end)
    arithmetic.fix(os.environ)
    group = ProcessGroup("server")
    code = group.wait()
    sys.exit(exit_code("server", code, cgroup.memory_kills() > kills_before))


def exit_code(role: str, code: int, out_of_memory: bool) -> int:
    """Return the container's exit code after its main process has ended; print a lack of memory.

    Args:
        role: `server` or `client`.
        code: Exit code of the main process, -n for signal n.
        out_of_memory: Whether the kernel killed a process of this container for its memory.
    """
    if code == -signal.SIGKILL and out_of_memory:
        limit = cgroup.memory_limit()
        most = "there is" if limit is None else f"its limit of {cgroup.quantity(limit)}"
        print(f"out of memory: the {role} needs more than {most}", flush=True)
        return errno.ENOMEM
    return as_exit_code(code)
