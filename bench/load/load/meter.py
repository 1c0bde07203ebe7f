"""Measure what a run uses between rounds: time, CPU, bytes of the network."""

import json
import time
from pathlib import Path

CGROUP = Path("/sys/fs/cgroup")
LOOPBACK = "lo"


class Meter:
    """Laps of (clock in seconds, CPU seconds of the container, bytes of its network)."""

    def __init__(self) -> None:
        self.begun = time.time()
        self.laps: list[tuple[float, float, int]] = []

    def lap(self) -> None:
        """Add a lap: a round begins, or the last one has ended."""
        if not self.laps:
            self.begun = time.time()
        self.laps.append((time.monotonic(), cpu_seconds(), network_bytes()))

    def write(self, path: Path) -> None:
        """Write all laps, and the time of the first in seconds since the epoch."""
        whole = path.with_name(f".{path.name}.tmp")
        whole.write_text(json.dumps({"begun": self.begun, "laps": self.laps}))
        whole.rename(path)


def cpu_seconds() -> float:
    """Return the CPU seconds of the container's control group so far; 0 if it counts none."""
    old = CGROUP / "cpuacct" / "cpuacct.usage"
    new = CGROUP / "cpu.stat"
    if old.exists():
        return int(old.read_text()) / 1e9
    if new.exists():
        return int(new.read_text().split()[1]) / 1e6
    return 0.0


def network_bytes() -> int:
    """Return the bytes in and out of the container; loopback's, which are the same, count once."""
    total = 0
    for line in Path("/proc/net/dev").read_text().splitlines()[2:]:
        name, _, counts = line.partition(":")
        fields = counts.split()
        total += int(fields[0]) + (0 if name.strip() == LOOPBACK else int(fields[8]))
    return total
