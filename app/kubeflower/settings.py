"""The server's environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kubeflower import flower_app
from kubeflower.token_verifier import TokenVerifier

NAMES = ("ROUNDS", "CLIENTS", "MIN", "REPLICAS", "QUORUM", "SEED")


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
    certificate: Path | None
    """Folder of tls.crt and tls.key; None: the stream is plain text."""
    identity: TokenVerifier | None
    """What proves clients; None: they are believed."""
    image: str | None
    """What clients must be made of; None: of anything."""


def status_port() -> int:
    """Where /status is served; apart, as it must answer when the rest is wrong."""
    return int(os.environ.get("KUBEFLOWER_STATUS_PORT", "8081"))


def data_folder(env: Mapping[str, str] = os.environ) -> Path:
    """Folder of the server's volume."""
    return Path(env.get("KUBEFLOWER_DATA", "/var/lib/kubeflower"))


def from_environment(env: Mapping[str, str] = os.environ) -> Settings:
    """Read KUBEFLOWER_*.

    Raises:
        ValueError: a value is missing or wrong; the text is the sentence for the user.
    """
    run = env.get("KUBEFLOWER_RUN", "")
    if not run or "/" in run or run.startswith("."):
        raise ValueError(_wrong("RUN", run, "a run id such as ab12cd34ef56"))
    numbers = {name: _number(env, name) for name in NAMES}
    clients, replicas = numbers["CLIENTS"], numbers["REPLICAS"]
    _within("ROUNDS", numbers["ROUNDS"], 1, None)
    _within("REPLICAS", replicas, 1, None)
    _within("MIN", numbers["MIN"], 1, replicas)
    _within("CLIENTS", clients, 1, numbers["MIN"])
    _within("QUORUM", numbers["QUORUM"], 1, clients)
    timeout = _number(env, "ROUND_TIMEOUT", "600")
    _within("ROUND_TIMEOUT", timeout, 1, None)
    app = env.get("KUBEFLOWER_APP", "/app")
    stack = {
        "num-server-rounds": numbers["ROUNDS"],
        "min-nodes": numbers["MIN"],
        "clients": clients,
        "seed": numbers["SEED"],
    }
    own = flower_app.parse("KUBEFLOWER_RUN_CONFIG", env.get("KUBEFLOWER_RUN_CONFIG", "{}"))
    return Settings(
        run=run,
        rounds=numbers["ROUNDS"],
        clients=clients,
        minimum=numbers["MIN"],
        replicas=replicas,
        quorum=numbers["QUORUM"],
        seed=numbers["SEED"],
        round_timeout=float(timeout),
        run_config=flower_app.run_config(app, own, stack),
        data=str(data_folder(env)),
        app=app,
        port=_number(env, "PORT", "8080"),
        certificate=_path(env, "TLS_FOLDER"),
        identity=_identity(env),
        image=env.get("KUBEFLOWER_IMAGE"),
    )


def _path(env: Mapping[str, str], name: str) -> Path | None:
    text = env.get(f"KUBEFLOWER_{name}")
    return Path(text) if text else None


def _identity(env: Mapping[str, str]) -> TokenVerifier | None:
    keys = _path(env, "KEYS_FILE")
    if keys is None:
        return None
    return TokenVerifier(keys, env["KUBEFLOWER_NAMESPACE"], env["KUBEFLOWER_CLIENT_NAME"])


def _number(env: Mapping[str, str], name: str, default: str = "") -> int:
    text = env.get(f"KUBEFLOWER_{name}", default)
    try:
        return int(text)
    except ValueError:
        raise ValueError(_wrong(name, text, "a whole number")) from None


def _within(name: str, value: int, low: int, high: int | None) -> None:
    if value < low or (high is not None and value > high):
        allowed = f"{low} or more" if high is None else f"{low} to {high}"
        raise ValueError(_wrong(name, str(value), allowed))


def _wrong(name: str, value: str, allowed: str) -> str:
    return (
        f"KUBEFLOWER_{name} is {value!r} — allowed: {allowed} — correct the stack's configuration"
    )
