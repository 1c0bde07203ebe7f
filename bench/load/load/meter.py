"""What a run has used when a round begins: time, CPU, bytes of the network."""

import json
import time
from pathlib import Path

CGROUP = Path("/sys/fs/cgroup")
LOOPBACK = "lo"


class Meter:
    """Laps of (seconds of a clock, CPU seconds of the container, bytes its network carried)."""

    def __init__(self) -> None:
        self.begun = time.time()
        self.laps: list[tuple[float, float, int]] = []

    def lap(self) -> None:
        """A round begins, or the last one is over."""
        if not self.laps:
            self.begun = time.time()
        self.laps.append((time.monotonic(), cpu_seconds(), network_bytes()))

    def write(self, path: Path) -> None:
        """Write all laps, and when the first one was, in seconds of the epoch."""
        whole = path.with_name(f".{path.name}.tmp")
        whole.write_text(json.dumps({"begun": self.begun, "laps": self.laps}))
        whole.rename(path)


def cpu_seconds() -> float:
    """CPU time of the container so far, as its control group counts it; 0 where it does not."""
    old, new = CGROUP / "cpuacct" / "cpuacct.usage", CGROUP / "cpu.stat"
    if old.exists():
        return int(old.read_text()) / 1e9
    if new.exists():
        return int(new.read_text().split()[1]) / 1e6
    return 0.0


def network_bytes() -> int:
    """Bytes in and out of the container; of loopback, where both are the same ones, once."""
    total = 0
    for line in Path("/proc/net/dev").read_text().splitlines()[2:]:
        name, _, counts = line.partition(":")
        fields = counts.split()
        total += int(fields[0]) + (0 if name.strip() == LOOPBACK else int(fields[8]))
    return total
