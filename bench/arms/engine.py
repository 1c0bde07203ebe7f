"""This project's engine: kubeflower-server and kubeflower-client."""

import json
import sys
import urllib.request
from pathlib import Path

from arms.arm import Arm
from processes import free_port


class Engine(Arm):
    """Bare processes, with what the stack would have put in the pods' environment."""

    def start(self, times: Path) -> None:
        """Start all."""
        port, self.status_port = free_port(), free_port()
        config = self.work.config(times)
        own = {k: v for k, v in config.items() if k not in ("num-server-rounds", "clients")}
        clients = str(self.work.clients)
        env = {
            "KUBEFLOWER_RUN": "bench",
            "KUBEFLOWER_ROUNDS": str(self.work.rounds),
            **{f"KUBEFLOWER_{name}": clients for name in ("CLIENTS", "MIN", "REPLICAS", "QUORUM")},
            "KUBEFLOWER_SEED": "42",
            "KUBEFLOWER_RUN_CONFIG": json.dumps(own),
            "KUBEFLOWER_DATA": str(self.folder / "data"),
            "KUBEFLOWER_APP": str(self.work.folder),
            "KUBEFLOWER_PORT": str(port),
            "KUBEFLOWER_STATUS_PORT": str(self.status_port),
            "KUBEFLOWER_SERVER": f"127.0.0.1:{port}",
        }
        for part in ("server", *["client"] * self.work.clients):
            code = f"from kubeflower.{part} import main; main()"
            env["KUBEFLOWER_PARTITION"] = str(len(self.processes.roles.get("client", [])))
            self.processes.start(part, sys.executable, "-c", code, **env)

    def knows(self) -> bool:
        """Its status lists the connected partitions."""
        url = f"http://127.0.0.1:{self.status_port}/status"
        with urllib.request.urlopen(url, timeout=5) as reply:
            return self.work.clients - 1 not in json.load(reply)["nodes"]
