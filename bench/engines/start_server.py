"""Flower's older engine, which the first kubeFlower used: start_server and start_client."""

import sys
from pathlib import Path

from engines.arm import Arm
from ports import free_port
from processes import listening


class Legacy(Arm):
    """Exchanges the same floats as the app `load`: this engine runs no Flower apps."""

    def start(self, times: Path) -> None:
        """Start all processes."""
        port = free_port()
        address = f"127.0.0.1:{port}"
        for part in ("server", *["client"] * self.work.clients):
            args = [part, address, self.work.json(), str(times)]
            self.processes.start(part, sys.executable, "-m", "engines.start_server_peer", *args)
            listening(port)  # its clients try to connect only once

    def knows(self) -> bool:
        """Read the server's log, where the client manager prints it."""
        return "client is gone" in self.processes.log("server")
