"""Flower's deployment engine as it comes: a SuperLink, SuperNodes, `flwr run`."""

from pathlib import Path

from processes import Processes, free_port, listening
from workload import APP, Workload


def start(work: Workload, folder: Path, processes: Processes, times: Path) -> str:
    """Start all; returns the role that writes `times`."""
    port, home = free_port(), folder / "flwr"
    home.mkdir()
    address = f"127.0.0.1:{port}"
    (home / "config.toml").write_text(
        f'[superlink]\ndefault = "here"\n[superlink.here]\naddress = "{address}"\ninsecure = true\n'
    )
    env = {
        "FLWR_HOME": str(home),
        "FLWR_TELEMETRY_ENABLED": "0",
        "FLWR_DISABLE_UPDATE_CHECK": "1",
        "FLWR_DISABLE_RUNTIME_DEPENDENCY_INSTALLATION": "1",
    }
    processes.start("server", "flower-superlink", "--insecure", "--port", str(port), **env)
    listening(port)
    for partition in range(work.clients):
        node = f"partition-id={partition} num-partitions={work.clients}"
        processes.start(
            "client",
            *("flower-supernode", "--insecure", "--superlink", address),
            *("--node-config", node, "--port", str(free_port())),
            **env,
        )
    config = " ".join(f"{key}={_toml(value)}" for key, value in work.config(times).items())
    processes.start(
        "run", "flwr", "run", str(APP), "here", "--stream", "--run-config", config, **env
    )
    return "server"


def _toml(value: object) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value).lower()
