"""Flower's deployment engine with its defaults: a SuperLink, SuperNodes, `flwr run`."""

from pathlib import Path

from engines.arm import Arm
from ports import free_port
from processes import listening


class SuperLink(Arm):
    """The stock engine: options and variables change only where it listens."""

    role = "run"
    # A SuperNode asks for messages every 3 s, and starts a process for each.
    settled = 8.0
    simulates = False

    def start(self, times: Path) -> None:
        """Start all processes."""
        port = free_port()
        home = self.folder / "flwr"
        home.mkdir()
        address = f"127.0.0.1:{port}"
        (home / "config.toml").write_text(
            f'[superlink]\ndefault = "here"\n'
            f'[superlink.here]\naddress = "{address}"\ninsecure = true\n'
        )
        env = {
            "FLWR_HOME": str(home),
            "FLWR_TELEMETRY_ENABLED": "0",
            "FLWR_DISABLE_UPDATE_CHECK": "1",
            "FLWR_DISABLE_RUNTIME_DEPENDENCY_INSTALLATION": "1",
        }
        kind = ["--simulation"] if self.simulates else []
        listen = ["--insecure", "--port", str(port)]
        self.processes.start("server", "flower-superlink", *listen, *kind, **env)
        listening(port)
        if not self.simulates:
            self._start_nodes(address, env)
        config = " ".join(f"{key}={_toml(value)}" for key, value in self.work.config(times).items())
        run = ["flwr", "run", str(self.work.folder), "here", "--stream", "--run-config", config]
        self.processes.start("run", *run, *self._federation(), **env)

    def knows(self) -> bool:
        """Read the log, where the strategy prints an error for it."""
        return "1 failures" in self.processes.log("run")

    def _start_nodes(self, address: str, env: dict[str, str]) -> None:
        for partition in range(self.work.clients):
            node = f"partition-id={partition} num-partitions={self.work.clients}"
            where = ["--insecure", "--superlink", address, "--port", str(free_port())]
            command = ["flower-supernode", *where, "--node-config", node]
            self.processes.start("client", *command, **env)

    def _federation(self) -> list[str]:
        return []


class Simulation(SuperLink):
    """Flower's simulation: a SuperLink alone, with clients as tasks of Ray."""

    simulates = True

    def _federation(self) -> list[str]:
        clients = self.work.clients
        options = f"num_supernodes={clients} client_resources_num_cpus=1 init_args_num_cpus=2"
        return ["--federation-config", options]


def _toml(value: object) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value).lower()
