"""The run's volume: whether it is full, and what takes its room."""

import errno
import os
from pathlib import Path

from kubeflower.run_failure import RunFailed

FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
MIB = 1 << 20
NAMED = 5
"""Runs that the reason names, largest first."""
KEPT = 20
"""Runs that the facts name: they travel in one line of /status."""


class NoRoom(OSError):
    """A file of `needed` bytes could not be written: no room or no quota is left."""

    def __init__(self, fault: OSError, needed: int) -> None:
        super().__init__(fault.errno, fault.strerror)
        self.needed = needed


def is_full(fault: BaseException) -> bool:
    """Whether the fault says that no room or no quota is left."""
    # The library safetensors is written in Rust and raises an error of its own.
    in_rust = type(fault).__name__ == "SafetensorError" and "os error 28" in str(fault)
    return in_rust or (isinstance(fault, OSError) and fault.errno in FULL)


def failure(data: Path, fault: BaseException) -> RunFailed:
    """The failure of a full volume that `fault` tells of; `data` is the folder that holds `runs`.

    Its facts, in bytes: free, total and runs, a dict of the largest runs; needed, where it is known
    how much was to be written.
    """
    volume = os.statvfs(_existing(data))
    free, total = volume.f_bavail * volume.f_frsize, volume.f_blocks * volume.f_frsize
    runs = dict(sorted(_runs(data).items(), key=lambda run: -run[1])[:KEPT])
    named = [f"run {name} takes {_mib(size)} MiB" for name, size in list(runs.items())[:NAMED]]
    users = ": " + ", ".join(named) if named else ""
    reason = f"the volume is full ({_mib(free)} of {_mib(total)} MiB are free){users}"
    facts: dict[str, object] = {"free": free, "total": total, "runs": runs}
    if isinstance(fault, NoRoom):
        facts["needed"] = fault.needed
        reason += f"; {_mib(fault.needed)} MiB more are needed"
    return RunFailed(reason, "disk", **facts)


def _existing(folder: Path) -> Path:
    while not folder.exists():
        folder = folder.parent
    return folder


def _runs(data: Path) -> dict[str, int]:
    """Bytes on the disk of each run's folder."""
    folders = data.joinpath("runs")
    if not folders.is_dir():
        return {}
    return {folder.name: _size(folder) for folder in folders.iterdir() if folder.is_dir()}


def _size(folder: Path) -> int:
    blocks = 0
    for path, _, files in os.walk(folder):
        for name in files:
            try:
                blocks += os.lstat(os.path.join(path, name)).st_blocks
            except FileNotFoundError:  # it has just been removed
                continue
    return blocks * 512


def _mib(size: int) -> str:
    return f"{size / MIB:.1f}"
