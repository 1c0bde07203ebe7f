"""The memory of this container as its control group counts it, of version 1 or 2.

A container sees its own group at the root of what is mounted; a process outside of one sees all
groups, and its own by the path in /proc/self/cgroup.
"""

from collections.abc import Iterator

ROOT = "/sys/fs/cgroup"
UNLIMITED = 1 << 60
"""Limits from here on are none: version 1 says 2^63 less a page."""


def memory_limit(root: str = ROOT) -> int | None:
    """Bytes that the group may take; None without a limit."""
    for folder in _folders(root):
        text = _read(f"{folder}/memory.max") or _read(f"{folder}/memory.limit_in_bytes")
        if text.strip().isdecimal() and int(text) < UNLIMITED:
            return int(text)
    return None


def memory_kills(root: str = ROOT) -> int:
    """Processes of the group that the kernel has ended for want of memory; 0 where none counts."""
    for folder in _folders(root):
        text = _read(f"{folder}/memory.events") or _read(f"{folder}/memory.oom_control")
        counts = dict(line.split(" ", 1) for line in text.splitlines() if " " in line)
        if "oom_kill" in counts:
            return int(counts["oom_kill"])
    return 0


def quantity(size: int) -> str:
    """Bytes as Kubernetes writes them, like 256Mi."""
    for unit in ("", "Ki", "Mi"):
        if size % 1024 or not size:
            return f"{size}{unit}"
        size //= 1024
    return f"{size}Gi"


def _folders(root: str) -> Iterator[str]:
    """Where the group's files may be: of version 1 in the folder of its controller."""
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
