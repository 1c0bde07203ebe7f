"""Flower's older engine, the seed's: start_server and start_client over one gRPC stream."""

import sys
from pathlib import Path

from processes import Processes, free_port, listening
from workload import Workload


def start(work: Workload, folder: Path, processes: Processes, times: Path) -> str:
    """Start all; returns the role that writes `times`."""
    port = free_port()
    address = f"127.0.0.1:{port}"
    for part in ("server", *["client"] * work.clients):
        command = [sys.executable, "-m", "arms.legacy_peer", part, address, work.json(), str(times)]
        processes.start(part, *command)
        listening(port)  # its clients try only once
    return "server"
