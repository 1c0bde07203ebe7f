"""Flower's older engine, the seed's: start_server and start_client over one gRPC stream."""

import sys
from pathlib import Path

from engines.arm import Arm
from ports import free_port
from processes import listening


class Legacy(Arm):
    """Runs the same floats as the app `load` does, in its own way: it has no Flower apps."""

    def start(self, times: Path) -> None:
        """Start all."""
        port = free_port()
        address = f"127.0.0.1:{port}"
        for part in ("server", *["client"] * self.work.clients):
            args = [part, address, self.work.json(), str(times)]
            self.processes.start(part, sys.executable, "-m", "engines.start_server_peer", *args)
            listening(port)  # its clients try only once

    def knows(self) -> bool:
        """Its client manager is told."""
        return "client is gone" in self.processes.log("server")
