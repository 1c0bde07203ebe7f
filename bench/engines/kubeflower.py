"""This project's engine: kubeflower-server and kubeflower-client."""

import json
import sys
import urllib.request
from pathlib import Path

from authority import CLIENT, NAMESPACE, Signer, certify, key_set
from engines.arm import Arm
from ports import free_port

EXAMPLE = Path(__file__).parents[2] / "contract" / "examples" / "run.json"


class Engine(Arm):
    """Bare processes, with the environment that the stack gives to the pods."""

    def start(self, times: Path) -> None:
        """Start all processes."""
        port, self.status_port = free_port(), free_port()
        config = self.work.config(times)
        own = {k: v for k, v in config.items() if k not in ("num-server-rounds", "clients")}
        clients = self.work.clients
        spec = {
            **json.loads(EXAMPLE.read_text()),
            "rounds": self.work.rounds,
            **dict.fromkeys(("clients", "min", "replicas", "quorum"), clients),
            "runConfig": own,
        }
        env = {
            "KUBEFLOWER_RUN": "bench",
            "KUBEFLOWER_RUN_SPEC": json.dumps(spec),
            "KUBEFLOWER_DATA": str(self.folder / "data"),
            "KUBEFLOWER_APP": str(self.work.folder),
            "KUBEFLOWER_PORT": str(port),
            "KUBEFLOWER_STATUS_PORT": str(self.status_port),
            "KUBEFLOWER_SERVER": f"127.0.0.1:{port}",
            **self.guards(),
        }
        self._start("server", env)
        for partition in range(self.work.clients):
            own = {"KUBEFLOWER_PARTITION": str(partition), **self.proof(partition)}
            self._start("client", {**env, **own})

    def guards(self) -> dict[str, str]:
        """Return the server's environment variables for a safe stream; here none."""
        return {}

    def proof(self, partition: int) -> dict[str, str]:
        """Return a client's environment variables for its token; here none."""
        return {}

    def _start(self, part: str, env: dict[str, str]) -> None:
        code = f"from kubeflower.{part} import main; main()"
        self.processes.start(part, sys.executable, "-c", code, **env)

    def knows(self) -> bool:
        """Read the status, which lists the connected partitions."""
        url = f"http://127.0.0.1:{self.status_port}/status"
        with urllib.request.urlopen(url, timeout=5) as reply:
            return self.work.clients - 1 not in json.load(reply)["nodes"]


class Secured(Engine):
    """The same over TLS, each client with a token, as the stack's pods do."""

    signer = Signer()

    def guards(self) -> dict[str, str]:
        """Return the certificate's folder, and the keys that tokens are verified with."""
        return {
            "KUBEFLOWER_TLS_FOLDER": str(certify(self.folder / "tls")),
            "KUBEFLOWER_KEYS_FILE": str(key_set(self.folder, self.signer)),
            "KUBEFLOWER_NAMESPACE": NAMESPACE,
            "KUBEFLOWER_CLIENT_NAME": CLIENT,
        }

    def proof(self, partition: int) -> dict[str, str]:
        """Return the file of a token that is bound to the client's pod."""
        file = self.folder / f"token-{partition}"
        file.write_text(self.signer.token(f"{CLIENT}-{partition}"))
        return {"KUBEFLOWER_TOKEN_FILE": str(file)}
