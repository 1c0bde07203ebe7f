"""The server's environment."""

import os
from dataclasses import dataclass
from typing import Any

from kubeflower import flower_app


@dataclass(frozen=True)
class Settings:
    """What the stack says about the run; times in seconds."""

    run: str
    rounds: int
    clients: int
    minimum: int
    replicas: int
    quorum: int
    seed: int
    round_timeout: float
    run_config: dict[str, Any]
    data: str
    app: str
    port: int
    status_port: int


def from_environment() -> Settings:
    """Read KUBEFLOWER_*; a missing one raises KeyError with its name."""
    env = os.environ

    def number(name: str) -> int:
        return int(env[f"KUBEFLOWER_{name}"])

    app = env.get("KUBEFLOWER_APP", "/app")
    stack = {
        "num-server-rounds": number("ROUNDS"),
        "min-nodes": number("MIN"),
        "clients": number("CLIENTS"),
        "seed": number("SEED"),
    }
    own = flower_app.parse(env.get("KUBEFLOWER_RUN_CONFIG", "{}"))
    return Settings(
        run=env["KUBEFLOWER_RUN"],
        rounds=number("ROUNDS"),
        clients=number("CLIENTS"),
        minimum=number("MIN"),
        replicas=number("REPLICAS"),
        quorum=number("QUORUM"),
        seed=number("SEED"),
        round_timeout=float(env.get("KUBEFLOWER_ROUND_TIMEOUT", "600")),
        run_config=flower_app.run_config(app, own, stack),
        data=env.get("KUBEFLOWER_DATA", "/var/lib/kubeflower"),
        app=app,
        port=int(env.get("KUBEFLOWER_PORT", "8080")),
        status_port=int(env.get("KUBEFLOWER_STATUS_PORT", "8081")),
    )
