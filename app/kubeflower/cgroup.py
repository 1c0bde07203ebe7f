"""Memory limit and out-of-memory kills of this container, from its control group (version 1 or 2).

Inside a container the group's files are at the root of the mount. A process outside of a container
sees all groups there; /proc/self/cgroup gives the path of its group.
"""

from collections.abc import Iterator

ROOT = "/sys/fs/cgroup"
"""Where control groups are mounted."""
UNLIMITED = 1 << 60
"""Bytes from which a limit means no limit: version 1 writes 2^63 less a page."""


def memory_limit(root: str = ROOT) -> int | None:
    """Return the group's memory limit in bytes; None without a limit."""
    for folder in _folders(root):
        text = _read(f"{folder}/memory.max") or _read(f"{folder}/memory.limit_in_bytes")
        if text.strip().isdecimal() and int(text) < UNLIMITED:
            return int(text)
    return None


def memory_kills(root: str = ROOT) -> int:
    """Count the group's processes that the kernel killed for lack of memory; 0 if unknown."""
    for folder in _folders(root):
        text = _read(f"{folder}/memory.events") or _read(f"{folder}/memory.oom_control")
        counts = dict(line.split(" ", 1) for line in text.splitlines() if " " in line)
        if "oom_kill" in counts:
            return int(counts["oom_kill"])
    return 0


def quantity(size: int) -> str:
    """Write a number of bytes as Kubernetes does, e.g. 256Mi."""
    for unit in ("", "Ki", "Mi"):
        if size % 1024 or not size:
            return f"{size}{unit}"
        size //= 1024
    return f"{size}Gi"


def _folders(root: str) -> Iterator[str]:
    """List the folders that may hold the group's files; version 1 has one for each controller."""
    paths = {"": "", "memory": ""}
    for line in _read("/proc/self/cgroup").splitlines():
        _, controllers, path = line.split(":", 2)
        if controllers == "" or "memory" in controllers.split(","):
            paths[controllers and "memory"] = path.rstrip("/")
    for controller, path in paths.items():
        mount = f"{root}/{controller}".rstrip("/")
        yield mount + path
        yield mount


def _read(file: str) -> str:
    try:
        with open(file) as opened:
            return opened.read()
    except OSError:
        return ""
