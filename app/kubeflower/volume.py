"""The server's volume: find out whether it is full or closed, and which runs take its space."""

import errno
import os
from pathlib import Path
from typing import Any

from kubeflower.run_failure import RunFailed

FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
"""Error numbers that mean: no space or no quota is left."""
CLOSED = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})
"""Error numbers that mean: this user may not write there."""
MIB = 1 << 20
MAX_NAMED = 5
"""Runs that the reason names, largest first."""
MAX_LISTED = 20
"""Runs that the facts list, largest first: they travel in one line of /status."""


class NoRoom(OSError):
    """A file of `needed` bytes could not be written: no space or no quota is left."""

    def __init__(self, error: OSError, needed: int) -> None:
        super().__init__(error.errno, error.strerror)
        self.needed = needed


def is_full(error: BaseException) -> bool:
    """Return whether the error means that no space or no quota is left."""
    # safetensors is written in Rust and raises an exception class without errno.
    in_rust = type(error).__name__ == "SafetensorError" and "os error 28" in str(error)
    return in_rust or (isinstance(error, OSError) and error.errno in FULL)


def closed(data: Path, error: BaseException) -> RunFailed | None:
    """Return the failure of a volume that this user may not write, or None for another error.

    Args:
        data: Folder that holds `runs`.
        error: Why a file could not be read or written.
    """
    if not (isinstance(error, OSError) and error.errno in CLOSED):
        return None
    folder = data.joinpath("runs") if os.path.isdir(data / "runs") else data
    if os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        return None
    if error.errno == errno.EROFS:
        return RunFailed("the volume can only be read: its file system is read-only", "volume")
    stat = os.stat(folder)
    owner = f"user {stat.st_uid} and group {stat.st_gid}, with mode {stat.st_mode & 0o7777:04o}"
    reason = f"the volume cannot be written: {folder} is of {owner}, and the server is user"
    return RunFailed(f"{reason} {os.getuid()}", "volume", user=os.getuid())


def failure(data: Path, error: BaseException) -> RunFailed:
    """Make the failure of a full volume.

    Its facts are in bytes: `free`, `total`, `runs` (a dict of the largest runs) and, if it is known
    how much was to be written, `needed`.

    Args:
        data: Folder that holds `runs`.
        error: Why a file could not be written.
    """
    facts, users = usage(data)
    reason = f"the volume is full ({free_text(facts)}){users}"
    if isinstance(error, NoRoom):
        facts["needed"] = error.needed
        reason += f"; {mib(error.needed)} MiB more are needed"
    return RunFailed(reason, "disk", **facts)


def usage(data: Path) -> tuple[dict[str, Any], str]:
    """Return `free`, `total` and `runs` as `failure` has them, and the largest runs in words."""
    free, total = space(data)
    sizes = sorted(run_sizes(data).items(), key=lambda run: -run[1])
    named = [f"run {name} takes {mib(size)} MiB" for name, size in sizes[:MAX_NAMED]]
    users = ": " + ", ".join(named) if named else ""
    return {"free": free, "total": total, "runs": dict(sizes[:MAX_LISTED])}, users


def free_text(facts: dict[str, Any]) -> str:
    """Say how much of the volume is free, by the facts of `usage`."""
    return f"{mib(facts['free'])} of {mib(facts['total'])} MiB are free"


def space(data: Path) -> tuple[int, int]:
    """Return the free and all bytes of the volume that a folder is on, or will be on."""
    stat = os.statvfs(_existing(data))
    return stat.f_bavail * stat.f_frsize, stat.f_blocks * stat.f_frsize


def _existing(folder: Path) -> Path:
    """Return the folder, or its nearest parent that exists."""
    while not folder.exists():
        folder = folder.parent
    return folder


def run_sizes(data: Path) -> dict[str, int]:
    """Return the bytes on the disk of each run's folder."""
    folders = data.joinpath("runs")
    if not folders.is_dir():
        return {}
    return {folder.name: folder_size(folder) for folder in folders.iterdir() if folder.is_dir()}


def folder_size(folder: Path) -> int:
    """Return the bytes that a folder takes on the disk."""
    blocks = 0
    for path, _, files in os.walk(folder):
        for name in files:
            try:
                blocks += os.lstat(os.path.join(path, name)).st_blocks
            except FileNotFoundError:  # the file has just been removed
                continue
    return blocks * 512


def mib(size: int) -> str:
    """Write bytes as mebibytes."""
    return f"{size / MIB:.1f}"
