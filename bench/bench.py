"""Runs the arms interleaved; prints the results as JSON, progress on standard error."""

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

from arms import engine, legacy, superlink
from processes import Processes, wait_for
from workload import Workload

Start = Callable[[Workload, Path, Processes, Path], str]
ENGINE, LEGACY, STOCK = "kubeflower", "start_server", "SuperLink"
ARMS: dict[str, Start] = {ENGINE: engine.start, LEGACY: legacy.start, STOCK: superlink.start}
SECONDS = 240

FLOOR = [Workload(f"floor, {n} clients", n, 1000, 40, evaluate=True) for n in (2, 4, 16, 64)]
PAYLOAD = [
    Workload("47 MB, 2 clients", 2, 11_750_000, 8, evaluate=False),
    Workload("440 MB, 2 clients", 2, 110_000_000, 4, evaluate=False, arrays=20),
]
# Takes about 12 s a round whatever the model: a few rounds of one workload show it.
STOCK_ONLY = Workload("floor, 2 clients", 2, 1000, 3, evaluate=True)


def run(arm: str, work: Workload) -> dict[str, Any]:
    """One run of a workload by an arm."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        times = folder / "times.json"
        started = time.monotonic()
        with Processes(folder) as processes:
            role = ARMS[arm](work, folder, processes, times)
            wait_for(times, processes, role, SECONDS)
            took = time.monotonic() - started
            time.sleep(0.3)  # one more look at memory and CPU
        seconds: list[float] = json.loads(times.read_text())
    return {
        "arm": arm,
        "workload": work.name,
        "first": seconds[0],
        "seconds": seconds[1:],
        "total": took,
        "cpu": processes.cpu_seconds(),
        "peak": processes.peak,
        "load": os.getloadavg()[0],
    }


def main(repeats: int) -> None:
    """`repeats` times all arms one after the other, for each workload."""
    here = Path(__file__).parent
    os.environ["PYTHONPATH"] = f"{here}:{here.parent / 'app'}"
    results = []
    for work in [*FLOOR, *PAYLOAD]:
        for _ in range(repeats if work.floats < 1e8 else 1):
            for arm in (ENGINE, LEGACY):
                results.append(_shown(arm, work))
    results.append(_shown(STOCK, STOCK_ONLY))
    json.dump(results, sys.stdout)


def _shown(arm: str, work: Workload) -> dict[str, Any]:
    result = run(arm, work)
    peak = {role: f"{size / 1e6:.0f} MB" for role, size in result["peak"].items()}
    print(
        f"{work.name:18} {arm:13} {median(result['seconds']) * 1000:9.1f} ms/round  {peak}",
        file=sys.stderr,
        flush=True,
    )
    return result


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
