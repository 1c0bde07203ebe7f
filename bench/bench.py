"""Run the jobs of a JSON list, one after the other; print a line of JSON for each."""

import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
# For the processes that are started here, as well as for this one.
OTHERS = [HERE.parent / folder for folder in ("app", "dev/python")]
PATHS = [str(path) for path in (HERE, HERE / "load", *OTHERS)]
os.environ["PYTHONPATH"] = ":".join(PATHS)
sys.path[:0] = PATHS

from engines.arm import Arm  # noqa: E402
from engines.kubeflower import Engine, Secured  # noqa: E402
from engines.start_server import Legacy  # noqa: E402
from engines.superlink import Simulation, SuperLink  # noqa: E402
from load.meter import Meter  # noqa: E402
from processes import Processes  # noqa: E402
from workload import Workload  # noqa: E402

ARMS: dict[str, type[Arm]] = {
    "kubeflower": Engine,
    "secured": Secured,
    "start_server": Legacy,
    "SuperLink": SuperLink,
    "simulation": Simulation,
}
SECONDS = 300


def run(name: str, work: Workload) -> dict[str, Any]:
    """Run a workload with an arm; returns what was measured."""
    with tempfile.TemporaryDirectory(prefix="bench-", ignore_cleanup_errors=True) as path:
        folder = Path(path)
        times = folder / "times.json"
        with Processes(folder) as processes:
            arm = ARMS[name](work, folder, processes)
            arm.start(times)
            if work.kill:
                measured: dict[str, Any] = {"noticed": _noticed(arm)}
            elif work.metered:
                processes.until(times.exists, arm.role, SECONDS)
                measured = json.loads(times.read_text())
            else:
                measured = _followed(arm)
            time.sleep(0.3)  # until memory is measured once more
    return {
        "arm": name,
        "workload": work.workload,
        **measured,
        "peak": processes.peak,
        "load": os.getloadavg()[0],
    }


def _noticed(arm: Arm) -> float:
    """Kill a client; returns the seconds until its server has noticed."""
    _begins(arm)
    time.sleep(arm.settled)
    killed = arm.processes.kill_last("client")
    return arm.processes.until(arm.knows, arm.role, SECONDS) - killed


def _begins(arm: Arm) -> None:
    arm.processes.until(lambda: "configure_" in arm.processes.log(arm.role), arm.role, SECONDS)


def _followed(arm: Arm) -> dict[str, Any]:
    """Measure the rounds of an app that does not measure itself, by what it prints."""
    meter = Meter()

    def ended() -> bool:
        said = arm.processes.log(arm.role)
        if len(meter.laps) < said.count("[ROUND "):
            meter.lap()
        return "Strategy execution finished" in said

    arm.processes.until(ended, arm.role, SECONDS)
    meter.lap()
    return {"begun": meter.begun, "laps": meter.laps}


if __name__ == "__main__":
    for job in json.loads(sys.argv[1]):
        print(json.dumps(run(job.pop("arm"), Workload(**job))), flush=True)
