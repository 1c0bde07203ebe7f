"""This project's engine: kubeflower-server and kubeflower-client."""

import json
import sys
from pathlib import Path

from processes import Processes, free_port
from workload import APP, Workload


def start(work: Workload, folder: Path, processes: Processes, times: Path) -> str:
    """Start all; returns the role that writes `times`."""
    port = free_port()
    own = {k: v for k, v in work.config(times).items() if k not in ("num-server-rounds", "clients")}
    clients = str(work.clients)
    env = {
        "KUBEFLOWER_RUN": "bench",
        "KUBEFLOWER_ROUNDS": str(work.rounds),
        **{f"KUBEFLOWER_{name}": clients for name in ("CLIENTS", "MIN", "REPLICAS", "QUORUM")},
        "KUBEFLOWER_SEED": "42",
        "KUBEFLOWER_RUN_CONFIG": json.dumps(own),
        "KUBEFLOWER_DATA": str(folder / "data"),
        "KUBEFLOWER_APP": str(APP),
        "KUBEFLOWER_PORT": str(port),
        "KUBEFLOWER_STATUS_PORT": str(free_port()),
        "KUBEFLOWER_SERVER": f"127.0.0.1:{port}",
    }
    for part in ("server", *["client"] * work.clients):
        code = f"from kubeflower.{part} import main; main()"
        partition = str(len(processes.roles.get("client", [])))
        processes.start(part, sys.executable, "-c", code, **env, KUBEFLOWER_PARTITION=partition)
    return "server"
